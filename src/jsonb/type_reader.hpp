// The keys that a TypeScript type, a zod schema or a value gives to a JSON column.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <jsonb/declared.hpp>
#include <jsonb/type_sources.hpp>

namespace migguard::jsonb {

// `jsonb('metadata').$type<T>().default({...})`, taken apart.
struct ColumnBuilder {
  std::string_view kind;  // `jsonb`
  Node call;              // jsonb('metadata')
  Node type;              // the type arguments of $type
  Node initial;           // the arguments of default
};
ColumnBuilder column_builder(Node value);

class TypeReader {
 public:
  TypeReader(TypeSources& sources, std::vector<Declared>& out) : sources_(sources), out_(out) {}

  // The members that Pick and Omit leave of a type.
  struct Filter {
    bool keep = true;
    std::vector<std::string> names;
    const Filter* outer = nullptr;
    static bool passes(const Filter* filter, const std::string& name) {
      for (; filter; filter = filter->outer) {
        const bool named =
            std::find(filter->names.begin(), filter->names.end(), name) != filter->names.end();
        if (named != filter->keep) return false;
      }
      return true;
    }
  };

  // The keys of a type, with what lies below them. `depth`: how deep in other types it was met.
  void read_type(const Found& written, const Declared& column, unsigned depth,
                 const Filter* filter = nullptr);
  // The same of a value: a default.
  void read_value(const Module& module, Node node, const Declared& column, unsigned depth);
  // The object that says the columns of a table, from the second argument of pgTable.
  Found columns_of(const Module& module, Node argument);
  // The same of a type as a text of its own, which begins at `offset` of the source.
  void read_text(const SourceFile& source, std::string_view type, std::uint32_t offset,
                 const Declared& column);

 private:
  void read_row(const Found& table, const Declared& column, unsigned depth, const Filter* filter);
  static bool is_nothing(Node type);
  Found plain(Found type, unsigned depth = 0);
  Found declaration_of(const Found& type, Node name);
  Found instance(const Found& declared, const Found& use, const std::vector<Node>& arguments,
                 unsigned depth);
  Found member_of(const Found& type, unsigned depth);
  static bool is_any_json(std::string_view type);
  static std::vector<std::string> names_in(Node type);
  static bool is_filter(Node type);
  void read_record(const Found& type, Node names, Node value, const Declared& column,
                   unsigned depth);
  void read_members(const Found& type, const std::vector<Node>& members, const Declared& column,
                    unsigned depth, const Filter* filter);
  static Node item_of(Node type);
  ValueFacts type_facts(const Found& type);
  static std::string_view unquoted(const Module& module, Node literal);
  Declared below(const Module& module, const Declared& column, std::string key, Node name) const;
  Found zod_base(const Found& expression, std::string& method);
  ValueFacts zod_facts(const Found& expression);
  void read_zod(const Found& expression, const Declared& column, unsigned depth,
                const Filter* filter = nullptr);
  void read_zod_method(const Found& call, const Found& owner, std::string_view method, Node first,
                       const Declared& column, unsigned depth, const Filter* filter);

  TypeSources& sources_;
  std::vector<Declared>& out_;
  std::vector<std::pair<const Module*, std::uint32_t>> open_;  // the types being read
  std::deque<Bindings> bindings_;
};

// How deep types are followed, and how many keys a project's sources may declare.
constexpr unsigned deepest_type = 12;
constexpr std::size_t most_keys = 5000;

}  // namespace migguard::jsonb
