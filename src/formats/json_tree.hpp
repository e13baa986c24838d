// SPDX-License-Identifier: Apache-2.0
//
// A JSON document as a flat list of nodes, for files that are not trusted.
//
// nlohmann::json checks the grammar and the UTF-8; this keeps what a document says in about 40 bytes
// a value, refuses repeated keys, and refuses what is too deep or too large while it is read, not
// afterwards.
#ifndef GATELIGHT_FORMATS_JSON_TREE_HPP
#define GATELIGHT_FORMATS_JSON_TREE_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/result.hpp"

namespace gatelight::formats {

class JsonTree {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, array, object };

  struct Limits {
    std::size_t depth = 16;
    std::size_t members = std::size_t{1} << 20;  // of one array or object
    std::size_t values = std::size_t{1} << 26;   // in all
  };

 private:
  struct Span {
    std::size_t begin = 0;
    std::uint32_t length = 0;
  };
  struct Node {
    Kind kind = Kind::null;
    std::uint32_t end = 0;  // index after this value and everything inside it
    Span key;
    Span string;
    std::int64_t integer = 0;
  };

 public:
  // A value inside the tree; valid as long as the tree.
  class Value {
   public:
    [[nodiscard]] Kind kind() const { return node().kind; }
    [[nodiscard]] std::string_view key() const { return tree_->text(node().key); }  // in its object
    [[nodiscard]] bool boolean() const { return node().integer != 0; }
    [[nodiscard]] std::int64_t integer() const { return node().integer; }
    // The string, or for Kind::number the digits as written (a fraction, or beyond 64 bits).
    [[nodiscard]] std::string_view text() const { return tree_->text(node().string); }
    [[nodiscard]] std::size_t size() const;  // members of an array or object; walks them

    class Iterator {
     public:
      Iterator(const JsonTree* tree, std::size_t index) : tree_(tree), index_(index) {}
      Value operator*() const { return {tree_, index_}; }
      Iterator& operator++() {
        index_ = tree_->nodes_[index_].end;
        return *this;
      }
      bool operator==(const Iterator&) const = default;

     private:
      const JsonTree* tree_;
      std::size_t index_;
    };
    [[nodiscard]] Iterator begin() const { return {tree_, index_ + 1}; }  // members, in order
    [[nodiscard]] Iterator end() const { return {tree_, node().end}; }

   private:
    friend class JsonTree;
    Value(const JsonTree* tree, std::size_t index) : tree_(tree), index_(index) {}
    [[nodiscard]] const Node& node() const { return tree_->nodes_[index_]; }
    const JsonTree* tree_;
    std::size_t index_;
  };

  // Errors: bad_input with line and column, or with the path of a repeated key; limit.
  static Result<JsonTree> parse(std::string_view text, const Limits& limits);
  static Result<JsonTree> parse(std::string_view text) { return parse(text, Limits{}); }

  [[nodiscard]] Value root() const { return {this, 0}; }

 private:
  friend class TreeBuilder;
  [[nodiscard]] std::string_view text(Span span) const {
    return std::string_view(strings_).substr(span.begin, span.length);
  }

  std::vector<Node> nodes_;
  std::string strings_;
};

}  // namespace gatelight::formats

#endif  // GATELIGHT_FORMATS_JSON_TREE_HPP
