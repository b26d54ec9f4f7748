#include <adopt/ddl.hpp>
#include <adopt/repeated.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

namespace migguard::adopt {
namespace {

// What tells functions of one name apart.
std::string signature(List<TypeName> arguments) {
  std::string text;
  for (const TypeName& each : arguments)
    text += cat(each.name.schema, '.', each.name.name, each.array_dimensions > 0 ? "[]," : ",");
  return text;
}

bool holds(List<Text> names, Text name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether unqualified names lead to `public`, as they will when the baseline runs.
bool usual_path(std::string_view path) {
  constexpr std::array<std::string_view, 6> usual{
      "", "public", "\"$user\", public", "\"$user\",public", "$user, public", "pg_catalog"};
  return std::find(usual.begin(), usual.end(), path) != usual.end() || path.starts_with("public,");
}

// Statements that say one thing may be repeated whole.
bool says_one_thing(const Kept& kept) {
  const auto is_own = [](const Op& op) { return !std::holds_alternative<JsonKey>(op); };
  return node(*kept.op).within == Within::statement &&
         std::count_if(kept.statement->ops.begin(), kept.statement->ops.end(), is_own) == 1;
}

class Repeating {
 public:
  Repeating(const schema::Catalog& schema, const HistoryText& history)
      : schema_(schema), history_(history) {}

  Repeated all() {
    find_last_ones();
    for (const Kept& each : history_.kept) repeat(each);
    finish_functions();
    finish_relations();
    return std::move(out_);
  }

 private:
  using TablePart = std::tuple<ObjectKind, Name, std::string>;  // kind, table, name

  void refuse(const Kept& kept, std::string why) {
    out_.refused.push_back({kept.migration->source, kept.statement->span, std::move(why)});
  }

  Name today(const Name& name, const Kept& kept) const {
    return history_.renames.today(name, kept.made);
  }
  // The relation that it was about, where that is still the same one.
  const Relation* alive(const Name& name, const Kept& kept) const {
    const Relation* relation = schema_.relation(today(name, kept)).known();
    if (!relation || before(kept.made, relation->created) || schema_.is_temporary(*relation))
      return nullptr;
    return relation;
  }
  const Type* alive_type(const Kept& kept) const {
    const Type* type = schema_.type(today(kept.name, kept)).known();
    return type && !before(kept.made, type->created) ? type : nullptr;
  }

  // The statement as it reads today.
  std::optional<std::string> whole(const Kept& kept, bool output = false) {
    if (node(*kept.op).within != Within::statement) {
      refuse(kept,
             "was made inside a DO block or by dynamic SQL, from which its text cannot be "
             "taken");
      return {};
    }
    if (!usual_path(kept.search_path)) {
      refuse(kept, cat("was written for another search_path (", kept.search_path, ")"));
      return {};
    }
    std::vector<Name> tables = kept.tables;
    if (!kept.name.name.empty()) tables.push_back(kept.name);
    auto text = history_.renames.statement(kept.text(), tables, kept.made, output);
    if (!text) refuse(kept, "names what was renamed or moved later, and cannot be rewritten");
    return text;
  }
  void add(std::vector<std::string>& list, const Kept& kept) {
    if (auto text = whole(kept)) list.push_back(std::move(*text));
  }

  // ---- What belongs to a table: the name it has in the end, and which of several is the last.

  std::string final_name(ObjectKind kind, const Name& table, const Kept& kept) const {
    std::string name(kept.name.name);
    const auto found = renamed_.find(table);
    if (found == renamed_.end()) return name;
    for (const Kept* each : found->second) {
      const auto& op = std::get<RenameObject>(*each->op);
      if (op.object == kind && each > &kept && op.name.name == name) name = op.new_name;
    }
    return name;
  }

  void find_last_ones() {
    for (const Kept& each : history_.kept) {
      if (const auto* op = std::get_if<RenameObject>(each.op)) {
        (void)op;
        renamed_[today(each.table, each)].push_back(&each);
      }
    }
    for (const Kept& each : history_.kept) {
      const auto note = [&](ObjectKind kind) {
        const Name table = today(each.table, each);
        last_[{kind, table, final_name(kind, table, each)}] = &each;
      };
      if (std::holds_alternative<CreateTrigger>(*each.op)) note(ObjectKind::trigger);
      if (std::holds_alternative<CreateRule>(*each.op)) note(ObjectKind::rule);
      if (const auto* op = std::get_if<CreatePolicy>(each.op); op && !op->alter)
        note(ObjectKind::policy);
      if (const auto* op = std::get_if<DropTableObject>(each.op); op) note(op->object);
      if (const auto* op = std::get_if<DropObject>(each.op))
        dropped_[{op->object, today(each.name, each)}] = &each;
      if (const auto* op = std::get_if<DropExtension>(each.op))
        dropped_[{ObjectKind::extension, Name{{}, op->extension}}] = &each;
    }
  }
  bool is_last(ObjectKind kind, const Kept& kept) const {
    const Name table = today(kept.table, kept);
    const auto found = last_.find({kind, table, final_name(kind, table, kept)});
    return found != last_.end() && found->second == &kept;
  }
  bool is_dropped(ObjectKind kind, const Name& name, const Kept& kept) const {
    const auto found = dropped_.find({kind, name});
    return found != dropped_.end() && found->second > &kept;
  }

  // ---- One after another

  void repeat(const Kept& kept) {
    std::visit([&](const auto& op) { one(kept, op); }, *kept.op);
  }
  template <class Other>
  void one(const Kept&, const Other&) {}

  void one(const Kept& kept, const CreateExtension& op) {
    if (is_dropped(ObjectKind::extension, kept.name, kept)) return;
    if (!extensions_.insert(std::string(op.extension)).second) return;
    std::string text = cat("CREATE EXTENSION IF NOT EXISTS ", quote_identifier(op.extension));
    if (!op.schema.empty()) text += cat(" WITH SCHEMA ", quote_identifier(op.schema));
    out_.extensions.push_back(op.cascade ? cat(text, " CASCADE") : text);
  }

  void one(const Kept& kept, const CreateFunction& op) {
    auto& overloads = functions_[today(kept.name, kept)];
    const std::string own = signature(op.argument_types);
    const auto same = std::find_if(overloads.begin(), overloads.end(),
                                   [&](const Overload& each) { return each.signature == own; });
    if (same != overloads.end())
      same->kept = &kept;
    else
      overloads.push_back({own, &kept, &kept});
  }
  void one(const Kept& kept, const DropFunction& op) {
    const auto found = functions_.find(today(kept.name, kept));
    if (found == functions_.end()) return;
    const std::string own = signature(op.argument_types);
    std::erase_if(found->second, [&](const Overload& each) {
      return !op.with_arguments || each.signature == own;
    });
    // Written in another way, the argument types name the only one there is.
    if (op.with_arguments && found->second.size() == 1 && !schema_.function(found->first).known())
      found->second.clear();
  }

  void one(const Kept& kept, const CreateView&) { note_view(kept); }
  void one(const Kept& kept, const CreateMaterializedView&) { note_view(kept); }
  void note_view(const Kept& kept) {
    const Relation* view = alive(kept.name, kept);
    if (view && (view->kind == RelationKind::view || view->kind == RelationKind::materialized_view))
      views_[view->full_name()] = &kept;
  }
  void one(const Kept& kept, const CreateSequence&) {
    const Relation* sequence = alive(kept.name, kept);
    if (sequence && sequence->kind == RelationKind::sequence)
      out_.sequences.try_emplace(sequence->full_name(), &kept);
  }
  void one(const Kept& kept, const AlterSequence& op) {
    const bool more = std::any_of(op.options.begin(), op.options.end(),
                                  [](const OptionValue& each) { return each.name != "owned_by"; });
    if (more && alive(kept.name, kept)) add(out_.late, kept);
  }

  void one(const Kept& kept, const CreateDomain&) { note_type(kept); }
  void one(const Kept& kept, const CreateType&) { note_type(kept); }
  void note_type(const Kept& kept) {
    const Type* type = alive_type(kept);
    if (!type) return;
    if (auto text = whole(kept)) out_.types.try_emplace({type->schema, type->name}, *text);
  }
  void one(const Kept& kept, const AlterDomain&) {
    if (alive_type(kept)) add(out_.late, kept);
  }

  void one(const Kept& kept, const CreateTrigger&) {
    const Relation* table = alive(kept.table, kept);
    if (!table || !is_last(ObjectKind::trigger, kept) ||
        !holds(table->triggers, final_name(ObjectKind::trigger, table->full_name(), kept)))
      return;
    add(out_.late, kept);
  }
  void one(const Kept& kept, const CreatePolicy& op) {
    const Relation* table = alive(kept.table, kept);
    if (!table) return;
    const std::string name = final_name(ObjectKind::policy, table->full_name(), kept);
    if (!holds(table->policies, name)) return;
    const auto last = last_.find({ObjectKind::policy, table->full_name(), name});
    const bool wanted =
        op.alter ? last != last_.end() && last->second < &kept : is_last(ObjectKind::policy, kept);
    if (wanted) add(out_.late, kept);
  }
  void one(const Kept& kept, const CreateRule&) {
    if (alive(kept.table, kept) && is_last(ObjectKind::rule, kept)) add(out_.late, kept);
  }
  void one(const Kept& kept, const RenameObject& op) {
    const Relation* table = alive(kept.table, kept);
    if (!table) return;
    const List<Text> names = op.object == ObjectKind::policy ? table->policies : table->triggers;
    if (op.object == ObjectKind::rule || holds(names, op.new_name)) add(out_.late, kept);
  }

  // Clauses of ALTER TABLE, one statement each.
  void alter(const Kept& kept, const Relation* table, std::string_view clause) {
    if (!table) return;
    std::string_view what = "TABLE ";
    if (table->kind == RelationKind::view) what = "VIEW ";
    if (table->kind == RelationKind::materialized_view) what = "MATERIALIZED VIEW ";
    if (table->kind == RelationKind::sequence) what = "SEQUENCE ";
    (void)kept;
    out_.late.push_back(cat("ALTER ", what, written(table->full_name()), ' ', clause));
  }
  void one(const Kept& kept, const SetRowSecurity& op) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> clauses{
        {{"enable", "ENABLE"},
         {"disable", "DISABLE"},
         {"force", "FORCE"},
         {"no_force", "NO FORCE"}}};
    for (const auto& [state, text] : clauses)
      if (state == op.state) alter(kept, alive(kept.table, kept), cat(text, " ROW LEVEL SECURITY"));
  }
  void one(const Kept& kept, const SetTriggerState& op) {
    const Relation* table = alive(kept.table, kept);
    if (!table) return;
    std::string name = op.all ? "ALL" : op.user ? "USER" : std::string();
    if (name.empty()) {
      const ObjectKind kind = op.rule ? ObjectKind::rule : ObjectKind::trigger;
      const std::string final = final_name(kind, table->full_name(), kept);
      const auto last = last_.find({kind, table->full_name(), final});
      // Made anew since: it is enabled.
      if (last == last_.end() || last->second > &kept) return;
      if (!op.rule && !holds(table->triggers, final)) return;
      name = quote_identifier(final);
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> states{
        {{"enable", "ENABLE"},
         {"disable", "DISABLE"},
         {"enable_always", "ENABLE ALWAYS"},
         {"enable_replica", "ENABLE REPLICA"}}};
    for (const auto& [state, text] : states)
      if (state == op.state) alter(kept, table, cat(text, op.rule ? " RULE " : " TRIGGER ", name));
  }
  void one(const Kept& kept, const SetReplicaIdentity& op) {
    const Relation* table = alive(kept.table, kept);
    std::string clause = "REPLICA IDENTITY ";
    if (op.identity == "index") {
      const Name index{table ? table->schema : Text(), op.index};
      clause += cat("USING INDEX ", quote_identifier(today(index, kept).name));
    } else {
      for (const char each : op.identity) clause += static_cast<char>(each - 32);
    }
    alter(kept, table, clause);
  }
  void one(const Kept& kept, const SetAccessMethod& op) {
    alter(kept, alive(kept.table, kept), cat("SET ACCESS METHOD ", quote_identifier(op.method)));
  }
  void one(const Kept& kept, const SetOptions& op) {
    const Relation* table = alive(kept.table, kept);
    if (!table) {
      // An index, where it is one.
      const Schema::IndexLookup index = schema_.index(today(kept.table, kept));
      if (index.index && !before(kept.made, index.index->created)) add(out_.late, kept);
      return;
    }
    std::string list;
    for (const OptionValue& each : op.options)
      list += cat(list.empty() ? "" : ", ", each.name,
                  op.reset ? std::string() : cat(" = ", quote_literal(each.value)));
    std::string clause = cat(op.reset ? "RESET (" : "SET (", list, ")");
    if (!op.column.empty()) {
      const std::string column = history_.renames.column_today(kept.table, op.column, kept.made);
      if (!table->column(column)) return;
      clause = cat("ALTER COLUMN ", quote_identifier(column), ' ', clause);
    }
    alter(kept, table, clause);
  }
  void one(const Kept& kept, const SetOwner& op) {
    if (kept.table.name.empty()) {
      const bool there = schema_.function(today(kept.name, kept)).known() ||
                         schema_.type(today(kept.name, kept)).known() ||
                         op.object == ObjectKind::schema;
      if (there) add(out_.late, kept);
      return;
    }
    alter(kept, alive(kept.table, kept), cat("OWNER TO ", quote_identifier(op.owner)));
  }
  void one(const Kept& kept, const AlterTableOther& op) {
    if (op.object == ObjectKind::type) {
      if (alive_type(kept)) add(out_.late, kept);
      return;
    }
    const Relation* table = alive(kept.table, kept);
    const std::string column = history_.renames.column_today(kept.table, op.column, kept.made);
    if (!table || (!column.empty() && !table->column(column))) return;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> clauses{
        {{"set_statistics", "SET STATISTICS "},
         {"set_storage", "SET STORAGE "},
         {"set_compression", "SET COMPRESSION "}}};
    for (const auto& [clause, text] : clauses) {
      if (clause != op.clause) continue;
      return alter(kept, table,
                   cat("ALTER COLUMN ", quote_identifier(column), ' ', text, op.value));
    }
    if (says_one_thing(kept))
      add(out_.late, kept);
    else
      refuse(kept, cat("a clause of ALTER TABLE is not followed: ", op.clause));
  }
  void one(const Kept& kept, const AttachPartition& op) {
    const Relation* child = alive(kept.name, kept);
    const Relation* table = alive(kept.table, kept);
    if (!child || !table || child->partition_of.empty()) return;
    const CreateTable* made = history_.definition(*child);
    if (made && !made->partition_of.name.empty())
      return refuse(kept, "attaches a partition that was made as one and detached in between");
    out_.attached[child->full_name()] =
        cat("ALTER TABLE ", written(table->full_name()), " ATTACH PARTITION ",
            written(child->full_name()), ' ', op.bound);
  }

  void one(const Kept& kept, const Comment& op) {
    bool there = true;
    if (!kept.table.name.empty()) {
      const Relation* table = alive(kept.table, kept);
      there = table != nullptr;
      if (op.object == ObjectKind::index) {
        const auto index = schema_.index(today(kept.name, kept));
        there = index.index && !before(kept.made, index.index->created);
      }
      if (op.object == ObjectKind::column)
        there = table &&
                table->column(history_.renames.column_today(kept.table, op.name.name, kept.made));
      if (op.object == ObjectKind::constraint)
        there = table && table->constraint(op.name.name) != nullptr;
      if (op.object == ObjectKind::trigger) there = table && holds(table->triggers, op.name.name);
      if (op.object == ObjectKind::policy) there = table && holds(table->policies, op.name.name);
    } else if (op.object == ObjectKind::type || op.object == ObjectKind::domain) {
      there = alive_type(kept) != nullptr;
    } else if (op.object == ObjectKind::function || op.object == ObjectKind::procedure) {
      there = schema_.function(today(kept.name, kept)).known() != nullptr;
    } else if (op.object == ObjectKind::database) {
      there = false;
    }
    if (there) add(out_.late, kept);
  }

  void one(const Kept& kept, const Grant& op) {
    std::size_t there = 0;
    for (const Name& each : kept.tables) there += alive(each, kept) ? 1 : 0;
    if (!kept.tables.empty()) {
      if (there == kept.tables.size()) add(out_.late, kept);
      if (there > 0 && there < kept.tables.size())
        refuse(kept, "grants on tables of which some are gone");
      return;
    }
    const bool function = op.object == ObjectKind::function || op.object == ObjectKind::procedure;
    if (function && !schema_.function(today(kept.name, kept)).known()) return;
    add(out_.late, kept);
  }

  void one(const Kept& kept, const CreateObject& op) {
    if (is_dropped(op.object, today(kept.name, kept), kept)) return;
    for (const Name& each : op.tables) {
      if (op.object == ObjectKind::statistics && !alive(schema_.resolve(each), kept)) return;
    }
    constexpr std::array early{ObjectKind::role,           ObjectKind::collation,
                               ObjectKind::language,       ObjectKind::text_search,
                               ObjectKind::foreign_server, ObjectKind::foreign_data_wrapper};
    add(std::find(early.begin(), early.end(), op.object) != early.end() ? out_.first : out_.late,
        kept);
  }
  void one(const Kept& kept, const AlterObject& op) {
    if (op.object == ObjectKind::function || op.object == ObjectKind::procedure) {
      if (schema_.function(today(kept.name, kept)).known()) add(out_.late, kept);
      return;
    }
    if (op.object == ObjectKind::extension) {
      out_.notes.push_back({kept.migration->source, kept.statement->span,
                            "is left out: the baseline installs the newest version there is"});
      return;
    }
    if (op.object == ObjectKind::other && kept.name.name.empty()) {
      out_.notes.push_back({kept.migration->source, kept.statement->span,
                            "stands first now, so that tables made before it get its privileges, "
                            "too"});
      add(out_.first, kept);
      return;
    }
    if (!is_dropped(op.object, today(kept.name, kept), kept)) add(out_.late, kept);
  }

  // ---- At the end

  struct Overload {
    std::string signature;
    const Kept* first;  // which made it
    const Kept* kept;   // which replaced it last
  };

  void finish_functions() {
    std::vector<Overload> all;
    for (const Function* function : schema_.functions()) {
      const auto found = functions_.find({function->schema, function->name});
      if (found == functions_.end() || found->second.empty()) {
        const Statement* statement = history_.statement_of(function->created);
        const Migration* migration = history_.migration_of(function->created);
        out_.refused.push_back(
            {migration ? migration->source : nullptr, statement ? statement->span : Span{},
             cat("the text of the function ", written({function->schema, function->name}),
                 " cannot be told")});
        continue;
      }
      all.insert(all.end(), found->second.begin(), found->second.end());
    }
    std::sort(all.begin(), all.end(),
              [](const Overload& one, const Overload& other) { return one.first < other.first; });
    for (const Overload& each : all) {
      if (auto text = whole(*each.kept))
        out_.functions.push_back({std::move(*text), &std::get<CreateFunction>(*each.kept->op)});
    }
  }

  void finish_relations() {
    for (const auto& [name, kept] : views_)
      if (auto text = whole(*kept, true)) out_.views[name] = std::move(*text);
  }

  const schema::Catalog& schema_;
  const HistoryText& history_;
  Repeated out_;
  std::map<Name, std::vector<const Kept*>> renamed_;  // RENAME of triggers and the like, by table
  std::map<TablePart, const Kept*> last_;             // created or dropped last
  std::map<std::pair<ObjectKind, Name>, const Kept*> dropped_;
  std::set<std::string> extensions_;
  std::map<Name, std::vector<Overload>> functions_;
  std::map<Name, const Kept*> views_;
};

}  // namespace

Repeated repeat(const schema::Catalog& schema, const HistoryText& history) {
  return Repeating(schema, history).all();
}

}  // namespace migguard::adopt
