// The shape of a rule, and all that a rule may ask.
//
// rules/<family>/<name>.cpp defines one constant, `extern constexpr Rule <name>`, in
// migguard::rules. Its path gives name and family; its examples are its tests; nothing else is
// edited to add a rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <migguard/effects.hpp>
#include <migguard/finding.hpp>
#include <migguard/held.hpp>
#include <migguard/jsonb_settings.hpp>
#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <migguard/schema.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace migguard {

// A file of an example's project.
struct ExampleFile {
  std::string_view path;
  std::string_view text;
};

// What a team may set for a rule, in migguard.json: ["warning", {"columns": ["created_at"]}].
// A pattern is a regular expression as RE2 takes them, for `matches`.
enum class OptionKind : std::uint8_t { flag, number, pattern, texts };
struct Option {
  std::string_view name;
  OptionKind kind = OptionKind::flag;
  std::string_view summary;  // one line: what it does, and what holds where it is not set
};
struct OptionSetting {
  bool flag = false;
  std::int64_t number = 0;
  std::vector<std::string> texts;  // of a pattern: one
};

// SQL for rules about statements; files for rules about histories. `before` is an earlier
// migration, `options` what is set for the rule, as JSON; `database` is what a live database holds:
// the rows of its tables, as JSON, and its schema, as SQL behind `-- schema`; `base` the files at
// the commit compared with; `jsonb` what the configuration says under that key, as JSON.
struct Example {
  std::string_view sql = {};
  std::string_view before = {};
  std::span<const ExampleFile> files = {};
  int pg_version = 15;
  bool in_transaction = false;
  std::string_view options = {};
  std::string_view database = {};
  std::span<const ExampleFile> base = {};
  std::string_view jsonb = {};
};

class Context;
struct DeclaredVerdict;

// What the transaction of the statement at hand has done before it, as BEGIN and COMMIT of the file
// tell; without any, since the file began.
struct TransactionSoFar {
  bool begun = false;  // by a BEGIN of the file
  std::span<const Statement> statements;
  std::vector<const Op*> locking;  // those of their operations that lock a table, in order
};

// A migration whose last operation has taken effect: the schema is what it left behind.
struct AfterMigration {
  const Migration& migration;
};

// Some statements of a migration, in order.
class SomeStatements {
 public:
  class Iterator {
   public:
    explicit Iterator(const Statement* const* at) : at_(at) {}
    const Statement& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(Iterator, Iterator) = default;

   private:
    const Statement* const* at_;
  };
  explicit SomeStatements(std::vector<const Statement*> statements)
      : statements_(std::move(statements)) {}
  Iterator begin() const { return Iterator(statements_.data()); }
  Iterator end() const { return Iterator(statements_.data() + statements_.size()); }

 private:
  std::vector<const Statement*> statements_;
};

// What a rule listens to: an operation by its index in Op, or a larger unit.
struct Listener {
  enum Unit : std::size_t { project = 1000, history, migration, statement, after_migration };
  std::size_t index;
  void (*call)(Context&, const void*);
};

struct Rule {
  Severity severity = Severity::error;
  bool off_by_default =
      false;  // policy, or advice most teams do not want: `--preset all` turns it on
  // What it warns of takes a time that grows with the table: on one known to be small it is advice.
  bool grows_with_table = false;
  std::string_view summary;       // one line, for lists
  std::string_view why;           // a paragraph, for `explain`
  std::string_view instead;       // the safe way, with SQL
  std::span<const Example> bad;   // each yields the rule
  std::span<const Example> good;  // none does
  std::span<const Listener> listeners;
  std::span<const Option> options = {};
  std::span<const std::string_view> formerly = {};
};

// A rule with the name and family that its path gives it.
struct RegisteredRule {
  std::string_view name;
  std::string_view family;
  const Rule* rule;
};
// Every rule compiled in, sorted by family and name. Generated from the paths.
std::span<const RegisteredRule> all_rules();

// What a rule is called with. Which of the references are good depends on what it listens to:
// `migration`, `statement` and `schema` only for operations, statements and migrations.
class Context {
 public:
  const Project& project() const { return *project_; }
  // For rules that listen to operations, statements and migrations: the scripts of later migrations
  // may not be parsed yet.
  const History& history() const { return *history_; }
  // The history, once all of its scripts are.
  const History& whole_history() const {
    finish_parsing();
    return *history_;
  }
  const Migration& migration() const { return *migration_; }
  const Statement& statement() const { return *statement_; }
  // Before the operation (the migration, for rules that listen to migrations) takes effect; after
  // all of them for rules that listen to AfterMigration.
  const Schema& schema() const { return *schema_; }
  int pg_version() const { return pg_version_; }
  const JsonbSettings& jsonb() const { return *jsonb_; }
  // Milliseconds since 1970, as the run sees it: fixed in tests.
  std::int64_t now() const { return now_; }

  // Whether the statement runs inside a transaction block: the runner's habit,
  // --assume-in-transaction, or an explicit BEGIN.
  bool in_transaction() const { return in_transaction_; }

  // What is set for the rule at hand in the file at hand; null where it is not.
  const OptionSetting* option(std::string_view name) const { return find_option(name); }
  bool flag(std::string_view name) const {
    const OptionSetting* set = find_option(name);
    return set && set->flag;
  }

  // The operation's table, for the exemptions every destructive rule shares: made by this same
  // migration and by nothing before, or temporary.
  bool is_new_or_temporary(const Name& table) const;

  // What the operation at hand does to a live server, as a part of its statement: the clauses of
  // one ALTER TABLE are carried out in PostgreSQL's own order (ATController in
  // src/backend/commands/tablecmds.c), so that each depends on all of them. What nobody can wait
  // for, because the same migration made it, is left out. Worked out when first asked for.
  // Good while the statement is at hand; `op` is the operation that the rule was called with.
  const Effects& effects(const Node& op) { return effects_of(&op); }
  // What the whole statement does, seen before its first operation takes effect.
  const Effects& effects() { return effects_of(nullptr); }
  // The locks that the transaction holds when the statement at hand begins, because earlier
  // statements of the migration took them: the strongest of each relation that others can see.
  // Empty outside of a transaction. Worked out when first asked for, on the schema as it is then.
  const std::vector<Effects::Lock>& held() { return locks_held(); }

  // What the JSONB guard says of the types that schema sources give to JSON columns; see
  // jsonb.hpp. Worked out when first asked for. For rules that listen to the project.
  const std::vector<DeclaredVerdict>& declared() { return declared_verdicts(); }

  // Found out when first asked for, and for the whole file in linear time.
  const TransactionSoFar& transaction() { return transaction_so_far(); }

  // The statements of the migration at hand with an operation that names one of these (a table, a
  // type, a column ...: the last part of any name in it), in order; there may be others among them.
  // What asks for the other operations on a thing walks these: to walk the file for each operation
  // would take the square of its size.
  SomeStatements statements_naming(Text name, Text other = {}) const {
    return SomeStatements(find_statements(name, other));
  }
  // Reports on an operation of the migration at hand; the span is narrowed to the clause or name to
  // blame.
  Finding& report(const Node& op, std::string message);
  // Reports on a place of any file. An empty span at 0: the whole file.
  Finding& report(const SourceFile& source, Span span, std::string message);
  // The narrowed span of an operation, for labels.
  Span locate(const Node& op) const;

 protected:
  const Project* project_ = nullptr;
  const History* history_ = nullptr;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  const Schema* schema_ = nullptr;
  const JsonbSettings* jsonb_ = nullptr;
  int pg_version_ = 15;
  std::int64_t now_ = 0;
  bool in_transaction_ = false;
  virtual void finish_parsing() const = 0;
  virtual Finding& add(const SourceFile& source, Span span, std::string message) = 0;
  virtual Span narrow(const Node& op) const = 0;
  virtual const Effects& effects_of(const Node* op) = 0;
  virtual const std::vector<Effects::Lock>& locks_held() = 0;
  virtual const TransactionSoFar& transaction_so_far() = 0;
  virtual const std::vector<DeclaredVerdict>& declared_verdicts() = 0;
  virtual std::vector<const Statement*> find_statements(Text name, Text other) const = 0;
  virtual const OptionSetting* find_option(std::string_view name) const = 0;
  virtual ~Context() = default;
};

inline Finding& Context::report(const SourceFile& source, Span span, std::string message) {
  return add(source, span, std::move(message));
}
inline Finding& Context::report(const Node& op, std::string message) {
  return add(*migration_->source, narrow(op), std::move(message));
}
inline Span Context::locate(const Node& op) const { return narrow(op); }
inline bool Context::is_new_or_temporary(const Name& table) const {
  const Relation* relation = schema_->relation(table).known();
  return relation && (schema_->is_new(*relation) || schema_->is_temporary(*relation));
}

namespace detail {
template <class Wanted, class Variant>
struct IndexIn;
template <class Wanted, class... Each>
struct IndexIn<Wanted, std::variant<Each...>> {
  static constexpr bool found = (std::is_same_v<Wanted, Each> || ...);
  static constexpr std::size_t value = [] {
    std::size_t index = 0;
    bool done = false;
    ((done = done || std::is_same_v<Wanted, Each>, index += done ? 0 : 1), ...);
    return index;
  }();
};

template <class Argument>
constexpr std::size_t listener_index() {
  using Subject = std::remove_cvref_t<Argument>;
  if constexpr (std::is_same_v<Subject, Project>)
    return Listener::project;
  else if constexpr (std::is_same_v<Subject, History>)
    return Listener::history;
  else if constexpr (std::is_same_v<Subject, Migration>)
    return Listener::migration;
  else if constexpr (std::is_same_v<Subject, Statement>)
    return Listener::statement;
  else if constexpr (std::is_same_v<Subject, AfterMigration>)
    return Listener::after_migration;
  else {
    static_assert(
        IndexIn<Subject, Op>::found,
        "a rule listens to an operation, a Statement, a Migration (also AfterMigration), a History "
        "or the Project");
    return IndexIn<Subject, Op>::value;
  }
}

template <auto>
inline constexpr bool is_listening_function = false;
template <auto Function>
struct Listening {
  static_assert(is_listening_function<Function>,
                "a rule listens by functions like void check(Context& ctx, const CreateTable& op): "
                "docs/operations.md names what may stand there");
  static constexpr Listener listener{};
};
template <class Subject, void (*Function)(Context&, const Subject&)>
struct Listening<Function> {
  static void call(Context& ctx, const void* subject) {
    Function(ctx, *static_cast<const Subject*>(subject));
  }
  static constexpr Listener listener{listener_index<Subject>(), &call};
};
}  // namespace detail

// The table of what a rule's functions listen to: `.listeners = on<&check, &check_history>`.
template <auto... Functions>
inline constexpr std::array<Listener, sizeof...(Functions)> on{
    detail::Listening<Functions>::listener...};

}  // namespace migguard
