// SPDX-License-Identifier: Apache-2.0
#include "formats/json_tree.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/text.hpp"

namespace gatelight::formats {

std::size_t JsonTree::Value::size() const {
  std::size_t count = 0;
  for (auto member = begin(); member != end(); ++member) ++count;
  return count;
}

// Receives the events of nlohmann's parser.  Returning false ends the parse; error_ says why.
class TreeBuilder {
 public:
  TreeBuilder(JsonTree& tree, const JsonTree::Limits& limits) : tree_(tree), limits_(limits) {}

  using Kind = JsonTree::Kind;
  bool null() { return add(Kind::null) != nullptr; }
  bool boolean(bool value) { return integer_node(Kind::boolean, value ? 1 : 0); }
  bool number_integer(std::int64_t value) { return integer_node(Kind::integer, value); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return string_node(Kind::number, std::to_string(value));
    }
    return integer_node(Kind::integer, static_cast<std::int64_t>(value));
  }
  bool number_float(double /*rounded*/, const std::string& digits) {
    return string_node(Kind::number, digits);
  }
  bool string(std::string& value) { return string_node(Kind::string, value); }
  bool binary(nlohmann::json::binary_t& /*value*/) { return false; }  // not in JSON text
  bool start_object(std::size_t /*unknown*/) { return open(Kind::object); }
  bool start_array(std::size_t /*unknown*/) { return open(Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    Frame& frame = frames_.back();
    if (!frame.keys.insert(name).second) {
      return fail(ErrorCode::bad_input, "the key " + base::quoted(name) + " is repeated", path());
    }
    frame.key = store(name);
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 3, column 7: syntax error while ..."
    std::string_view text = error.what();
    if (const auto bracket = text.find("] "); bracket != std::string_view::npos) {
      text.remove_prefix(bracket + 2);
    }
    std::string where;
    static constexpr std::string_view prefix = "parse error at ";
    if (text.starts_with(prefix)) {
      const auto colon = text.find(": ");
      where = std::string(text.substr(prefix.size(), colon - prefix.size()));
      text.remove_prefix(colon + 2);
    }
    return fail(ErrorCode::bad_input, "not valid JSON: " + base::one_line(text, 200), where);
  }

  [[nodiscard]] const Error& error() const { return error_; }

 private:
  struct Frame {
    std::size_t node = 0;
    std::size_t members = 0;
    JsonTree::Span key;
    std::unordered_set<std::string> keys;
  };

  // "gates[17].weights" of the innermost open array or object.
  [[nodiscard]] std::string path() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
      const Frame& frame = frames_[i];
      if (tree_.nodes_[frame.node].kind == Kind::array) {
        text += "[" + std::to_string(frame.members - 1) + "]";
      } else {
        text += (text.empty() ? "" : ".") + base::one_line(tree_.text(frame.key), 80);
      }
    }
    return text;
  }

  bool fail(ErrorCode code, std::string message, std::string where) {
    error_ = {code, std::move(message), std::move(where)};
    return false;
  }

  JsonTree::Span store(std::string_view text) {
    const JsonTree::Span span{tree_.strings_.size(), static_cast<std::uint32_t>(text.size())};
    tree_.strings_ += text;
    return span;
  }

  JsonTree::Node* add(Kind kind) {
    if (tree_.nodes_.size() == limits_.values) {
      fail(ErrorCode::limit,
           "the document has more than " + std::to_string(limits_.values) + " values", "");
      return nullptr;
    }
    JsonTree::Node node;
    node.kind = kind;
    if (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (++frame.members > limits_.members) {
        fail(ErrorCode::limit, "more than " + std::to_string(limits_.members) + " members",
             path_or_top());
        return nullptr;
      }
      if (tree_.nodes_[frame.node].kind == Kind::object) node.key = frame.key;
    }
    tree_.nodes_.push_back(node);
    tree_.nodes_.back().end = static_cast<std::uint32_t>(tree_.nodes_.size());
    return &tree_.nodes_.back();
  }

  [[nodiscard]] std::string path_or_top() const {
    const std::string text = path();
    return text.empty() ? "top level" : text;
  }

  bool integer_node(Kind kind, std::int64_t value) {
    JsonTree::Node* node = add(kind);
    if (node != nullptr) node->integer = value;
    return node != nullptr;
  }

  bool string_node(Kind kind, std::string_view value) {
    JsonTree::Node* node = add(kind);
    if (node != nullptr) node->string = store(value);
    return node != nullptr;
  }

  bool open(Kind kind) {
    if (frames_.size() == limits_.depth) {
      return fail(ErrorCode::limit,
                  "nested deeper than " + std::to_string(limits_.depth) + " levels", "");
    }
    if (add(kind) == nullptr) return false;
    frames_.push_back({tree_.nodes_.size() - 1, 0, {}, {}});
    return true;
  }

  bool close() {
    tree_.nodes_[frames_.back().node].end = static_cast<std::uint32_t>(tree_.nodes_.size());
    frames_.pop_back();
    return true;
  }

  JsonTree& tree_;
  JsonTree::Limits limits_;
  std::vector<Frame> frames_;
  Error error_{ErrorCode::bad_input, "not valid JSON", ""};
};

Result<JsonTree> JsonTree::parse(std::string_view text, const Limits& limits) {
  JsonTree tree;
  TreeBuilder builder(tree, limits);
  if (!nlohmann::json::sax_parse(text, &builder)) return builder.error();
  return tree;
}

}  // namespace gatelight::formats
