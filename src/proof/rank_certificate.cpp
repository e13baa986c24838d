// SPDX-License-Identifier: Apache-2.0
//
// Rank certificates as JSON text (docs/reference/rank-certificate.md).
//
// Tested by tests/unit/proof/rank_certificate_test.cpp
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "formats/json_tree.hpp"
#include "gatelight/certificate.hpp"

namespace gatelight {
namespace {

using formats::JsonTree;
using Kind = JsonTree::Kind;
using Value = JsonTree::Value;

constexpr std::string_view schema = "gatelight/rank-certificate/1";
constexpr std::string_view digits = "01";

Error bad(std::string where, std::string message) {
  return {ErrorCode::bad_input, std::move(message), std::move(where)};
}

std::string at(const std::string& where, std::size_t index) {
  return where + "[" + std::to_string(index) + "]";
}

// Reads the members of an object: each known key at most once (JsonTree sees to that), no other key.
class Reader {
 public:
  // Remembers the first error; everything after it is read as empty.
  template <class... Fields>
  void object(Value value, const std::string& where, const Fields&... fields) {
    if (value.kind() != Kind::object) return fail(where, "must be an object");
    std::array<bool, sizeof...(fields)> seen{};
    for (const Value member : value) {
      std::size_t index = 0;
      bool known = false;
      ((known = known || take(member, where, fields, seen[index]), ++index), ...);
      if (!known) fail(path(where, member.key()), "is no key of this object");
    }
    std::size_t index = 0;
    ((seen[index++] || !fields.required ? void(0)
                                        : fail(where, "has no " + base::quoted(fields.key))),
     ...);
  }

  void text(Value value, const std::string& where, std::string& to) {
    if (value.kind() != Kind::string) return fail(where, "must be a string");
    to = value.text();
  }

  void bits(Value value, const std::string& where, std::string& to) {
    text(value, where, to);
    if (to.find_first_not_of(digits) != std::string::npos) fail(where, "must be of 0 and 1 only");
  }

  void all_bits(Value value, const std::string& where, std::vector<std::string>& to) {
    list(value, where,
         [&](Value item, const std::string& place) { bits(item, place, to.emplace_back()); });
  }

  template <class Number>
  void number(Value value, const std::string& where, Number& to) {
    const std::int64_t least =
        std::is_signed_v<Number> ? std::numeric_limits<std::int64_t>::min() : 0;
    const std::int64_t most = sizeof(Number) < 8
                                  ? std::int64_t{std::numeric_limits<std::uint32_t>::max()}
                                  : std::numeric_limits<std::int64_t>::max();
    if (value.kind() != Kind::integer || value.integer() < least || value.integer() > most) {
      return fail(where, "must be an integer from " + std::to_string(least) + " to " +
                             std::to_string(most));
    }
    to = static_cast<Number>(value.integer());
  }

  template <class Each>
  void list(Value value, const std::string& where, const Each& each) {
    if (value.kind() != Kind::array) return fail(where, "must be an array");
    std::size_t index = 0;
    for (const Value item : value) each(item, at(where, index++));
  }

  void fail(std::string where, std::string message) {
    if (!error_) error_ = bad(std::move(where), std::move(message));
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  static std::string path(const std::string& where, std::string_view key) {
    return (where.empty() ? "" : where + ".") + base::one_line(key, 80);
  }

 private:
  template <class Field>
  bool take(Value member, const std::string& where, const Field& field, bool& seen) {
    if (member.key() != field.key) return false;
    seen = true;
    field.read(member, path(where, member.key()));
    return true;
  }

  std::optional<Error> error_;
};

template <class Read>
struct Field {
  std::string_view key;
  Read read;  // of the value, and its place
  bool required = true;
};
template <class Read>
Field(std::string_view, Read) -> Field<Read>;
template <class Read>
Field(std::string_view, Read, bool) -> Field<Read>;

void read_lower(Reader& reader, Value value, const std::string& where, RankLowerEnd& lower) {
  reader.object(
      value, where,
      Field{"rank", [&](Value v, const std::string& at) { reader.number(v, at, lower.rank); }},
      Field{"prime", [&](Value v, const std::string& at) { reader.number(v, at, lower.prime); }},
      Field{"rows", [&](Value v, const std::string& at) { reader.all_bits(v, at, lower.rows); }},
      Field{"columns",
            [&](Value v, const std::string& at) { reader.all_bits(v, at, lower.columns); }});
}

void read_primes(Reader& reader, Value value, const std::string& where,
                 std::vector<RankModuloPrime>& primes) {
  reader.list(value, where, [&](Value item, const std::string& place) {
    auto& [prime, rank] = primes.emplace_back();
    auto* p = &prime;
    auto* r = &rank;
    reader.object(item, place,
                  Field{"prime", [&](Value v, const std::string& at) { reader.number(v, at, *p); }},
                  Field{"rank", [&](Value v, const std::string& at) { reader.number(v, at, *r); }});
  });
}

void read_relations(Reader& reader, Value value, const std::string& where,
                    std::vector<LineRelation>& relations) {
  reader.list(value, where, [&](Value item, const std::string& place) {
    LineRelation& relation = relations.emplace_back();
    reader.object(
        item, place,
        Field{"of", [&](Value v, const std::string& at) { reader.bits(v, at, relation.of); }},
        Field{"scale",
              [&](Value v, const std::string& at) { reader.number(v, at, relation.scale); }},
        Field{"coefficients", [&](Value v, const std::string& at) {
                reader.list(v, at, [&](Value number, const std::string& deep) {
                  reader.number(number, deep, relation.coefficients.emplace_back());
                });
              }});
  });
}

void read_upper(Reader& reader, Value value, const std::string& where, RankUpperEnd& upper) {
  reader.object(
      value, where,
      Field{"rank", [&](Value v, const std::string& at) { reader.number(v, at, upper.rank); }},
      Field{"argument",
            [&](Value v, const std::string& at) { reader.text(v, at, upper.argument); }},
      Field{"primes",
            [&](Value v, const std::string& at) { read_primes(reader, v, at, upper.primes); },
            false},
      Field{"basis", [&](Value v, const std::string& at) { reader.all_bits(v, at, upper.basis); },
            false},
      Field{"relations",
            [&](Value v, const std::string& at) { read_relations(reader, v, at, upper.relations); },
            false});
}

}  // namespace

Result<RankCertificate> parse_rank_certificate(std::string_view json) {
  const auto tree = JsonTree::parse(json);
  if (!tree.ok()) return tree.error();
  RankCertificate certificate;
  std::string stated;
  Reader reader;
  reader.object(
      tree->root(), "",
      Field{"schema",
            [&](Value v, const std::string& at) {
              reader.text(v, at, stated);
              if (stated != schema) reader.fail(at, "must be \"" + std::string(schema) + "\"");
            }},
      Field{"circuit",
            [&](Value v, const std::string& at) { reader.text(v, at, certificate.circuit); }},
      Field{"output",
            [&](Value v, const std::string& at) { reader.text(v, at, certificate.output); }},
      Field{"partition",
            [&](Value v, const std::string& at) { reader.bits(v, at, certificate.partition); }},
      Field{"lower",
            [&](Value v, const std::string& at) { read_lower(reader, v, at, certificate.lower); }},
      Field{"upper",
            [&](Value v, const std::string& at) {
              read_upper(reader, v, at, certificate.upper.emplace());
            },
            false});
  if (reader.error()) return *reader.error();
  return certificate;
}

std::string format_rank_certificate(const RankCertificate& certificate) {
  using Json = nlohmann::ordered_json;
  const RankLowerEnd& lower = certificate.lower;
  Json json{{"schema", schema},
            {"circuit", certificate.circuit},
            {"output", certificate.output},
            {"partition", certificate.partition},
            {"lower",
             {{"rank", lower.rank},
              {"prime", lower.prime},
              {"rows", lower.rows},
              {"columns", lower.columns}}}};
  if (certificate.upper) {
    const RankUpperEnd& from = *certificate.upper;
    Json& upper = json["upper"] = {{"rank", from.rank}, {"argument", from.argument}};
    for (const auto& [prime, rank] : from.primes) {
      upper["primes"].push_back({{"prime", prime}, {"rank", rank}});
    }
    if (!from.basis.empty()) upper["basis"] = from.basis;
    for (const LineRelation& relation : from.relations) {
      upper["relations"].push_back({{"of", relation.of},
                                    {"scale", relation.scale},
                                    {"coefficients", relation.coefficients}});
    }
  }
  // Names are UTF-8 where they come from a circuit; a caller's need not be.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gatelight
