#include <adopt/clause.hpp>
#include <adopt/ddl.hpp>
#include <schema/generated_names.hpp>
#include <sql/scan.hpp>

#include <algorithm>
#include <array>

namespace migguard::adopt {
namespace {

// A string constant as Drizzle spells the default of a column of that type, which means the same:
// without a cast to the column's own type, but with one to json. Any other text as it is.
std::string constant_of(const ColumnType& type, const std::string& text) {
  const sql::TokenList tokens(text, {0, static_cast<std::uint32_t>(text.size())});
  if (tokens.size() == 0 || tokens[0].kind != sql::TokenKind::string || type.array_dimensions > 0)
    return text;
  if (tokens.size() > 1) {
    const std::size_t name = tokens.size() - 1;
    const bool cast = tokens.text(1) == "::" && tokens.name(name) &&
                      (name == 2 || (name == 4 && tokens.symbol(3, '.')));
    if (!cast) return text;
    const std::string_view spelt = tokens.text(name);
    const Text own = type.lookup_name().name;
    if (spelt != own && spelt != cat('"', own, '"') && !sql::same_word(spelt, own)) return text;
  }
  std::string constant = between(text, tokens, 0, 1);
  const bool escapes = constant.starts_with('E') || constant.starts_with('e');
  if (escapes && constant.find('\\') == std::string::npos) constant.erase(0, 1);
  const bool json = type.schema.empty() && (type.name == "jsonb" || type.name == "json");
  return json ? cat(constant, "::", type.name) : constant;
}

}  // namespace

namespace {

// WITH (...) of an index.
std::string options_of(const CreateIndex& made) {
  std::string out;
  for (const OptionValue& each : made.options)
    out += cat(out.empty() ? " WITH (" : ", ", each.name, " = ", quote_literal(each.value));
  return out.empty() ? out : out + ')';
}

}  // namespace

Name named_plainly(const schema::Catalog& catalog, Text text) {
  if (catalog.relation({"public", text}).known()) return {"public", text};
  const std::size_t dot = text.find('.');
  return dot == Text::npos ? Name{"public", text} : Name{text.substr(0, dot), text.substr(dot + 1)};
}

std::string column_list(List<Text> columns) {
  std::string out;
  for (const Text each : columns) out += cat(out.empty() ? "" : ", ", quote_identifier(each));
  return out;
}

void Ddl::refuse(Origin made, std::string why) {
  const Migration* migration = text_.migration_of(made);
  const Statement* statement = text_.statement_of(made);
  refused.push_back({migration ? migration->source : nullptr, statement ? statement->span : Span{},
                     std::move(why)});
}

std::string Ddl::enum_type(const Type& type) {
  if (!type.create_seen)
    refuse(type.created,
           cat("the labels of the type ", written({type.schema, type.name}), " are not all known"));
  std::string labels;
  for (const Text each : type.labels)
    labels += cat(labels.empty() ? "" : ", ", quote_literal(each));
  return cat("CREATE TYPE ", written({type.schema, type.name}), " AS ENUM (", labels, ")");
}

std::string Ddl::type(const ColumnType& type, bool known, const Relation& table, Origin made) {
  if (!known) {
    refuse(made, cat("the type of a column of ", written(table.full_name()), " is not known"));
    return "text";
  }
  const Name name = type.lookup_name();
  if (name.schema.empty() || !catalog_.type(name).known()) return std::string(type.text);
  std::string out = written(name);
  for (std::size_t at = 0; at < type.modifiers.size(); ++at)
    out += cat(at == 0 ? "(" : ",", type.modifiers[at]);
  if (!type.modifiers.empty()) out += ')';
  for (int dimension = 0; dimension < type.array_dimensions; ++dimension) out += "[]";
  return out;
}

// ---- Sequences of columns

Ddl::Ddl(const schema::Catalog& catalog, const HistoryText& text) : catalog_(catalog), text_(text) {
  for (const Relation* each : catalog.relations())
    if (each->kind == RelationKind::sequence && !each->owned_by.empty())
      sequences_[{std::string(each->owned_by), std::string(each->owned_by_column)}] = each;
}

const Relation* Ddl::sequence_of(const Relation& table, const Column& column) const {
  const auto found = sequences_.find({plain(table.full_name()), std::string(column.name)});
  return found == sequences_.end() ? nullptr : found->second;
}

bool Ddl::plain_serial(const Relation& table, const Column& column) const {
  if (!column.serial || !column.default_text.empty() || column.not_null != Known::yes) return false;
  const Relation* sequence = sequence_of(table, column);
  const ColumnDefinition* made = text_.definition(column);
  return sequence && made && sequence->schema == table.schema &&
         sequence->name == schema::make_object_name(table.name, column.name, "seq") &&
         made->type.name.name == column.type.name;
}

std::optional<std::string> Ddl::sequence(const Relation& sequence, const Kept* made) {
  if (made) {
    // OWNED BY comes when the table is there.
    const std::string_view text = made->text();
    const sql::TokenList tokens(text, {0, static_cast<std::uint32_t>(text.size())});
    std::string out(text);
    for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
      if (!tokens.word(at, "owned") || !tokens.word(at + 1, "by")) continue;
      std::size_t end = at + 3;
      while (tokens.symbol(end, '.')) end += 2;
      const std::size_t to = tokens[std::min(end, tokens.size()) - 1].end;
      out = cat(text.substr(0, tokens[at].begin), text.substr(to));
      break;
    }
    const auto today = text_.renames.statement(out, {made->name}, made->made, false);
    if (!today)
      refuse(made->made, cat("the sequence ", written(sequence.full_name()), " was moved"));
    return today ? *today : out;
  }
  const Relation* table = catalog_.relation(named_plainly(catalog_, sequence.owned_by)).known();
  const Column* column = table ? table->column(sequence.owned_by_column) : nullptr;
  if (column && column->identity != Identity::none) return {};
  if (column && plain_serial(*table, *column)) return {};
  const ColumnDefinition* definition = column ? text_.definition(*column) : nullptr;
  if (!definition || !definition->serial) {
    refuse(sequence.created,
           cat("how the sequence ", written(sequence.full_name()), " was made cannot be told"));
    return {};
  }
  return cat("CREATE SEQUENCE ", written(sequence.full_name()), " AS ", definition->type.text);
}

std::string Ddl::identity(const Relation& table, const Column& column) {
  std::string out = column.identity == Identity::always ? " GENERATED ALWAYS AS IDENTITY"
                                                        : " GENERATED BY DEFAULT AS IDENTITY";
  std::string options;
  const Relation* sequence = sequence_of(table, column);
  if (!sequence) {
    refuse(column.created, cat("the sequence of the column ", quote_identifier(column.name), " of ",
                               written(table.full_name()), " is not known"));
    return out;
  }
  if (sequence->name != schema::make_object_name(table.name, column.name, "seq"))
    options = cat("SEQUENCE NAME ", written(sequence->full_name()));
  // What stands in brackets behind IDENTITY, at the column or in ADD GENERATED.
  const Migration* migration = text_.migration_of(sequence->created);
  const Statement* statement = text_.statement_of(sequence->created);
  if (migration && statement) {
    const std::string_view source = migration->source->text;
    const sql::TokenList tokens(source, statement->span);
    bool here = false;
    for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
      // The column's name, as its definition or ALTER COLUMN begins with it.
      if (tokens.name(at) && (tokens.text(at) == quote_identifier(column.created_as) ||
                              tokens.text(at) == cat('"', column.created_as, '"')))
        here = true;
      if (!here || !tokens.word(at, "identity")) continue;
      if (tokens.symbol(at + 1, '(')) {
        const std::size_t end = behind_bracket(tokens, at + 1);
        options += cat(options.empty() ? "" : " ", between(source, tokens, at + 2, end - 1));
      }
      break;
    }
  }
  return options.empty() ? out : cat(out, " (", options, ")");
}

std::string Ddl::default_value(const Relation& table, const Column& column) {
  if (column.serial && column.default_text.empty()) {
    const Relation* sequence = sequence_of(table, column);
    return sequence ? cat("nextval(", quote_literal(written(sequence->full_name())), "::regclass)")
                    : "";
  }
  if (column.default_text.empty()) {
    refuse(column.created, cat("the default of the column ", quote_identifier(column.name), " of ",
                               written(table.full_name()), " cannot be read"));
    return "NULL";
  }
  return constant_of(
      column.type, text_.renames.expression(column.default_text, table.full_name(),
                                            text_.written_at(column.default_text, column.created)));
}

std::string Ddl::column(const Relation& table, const Column& column) {
  std::string out = quote_identifier(column.name);
  if (column.created_certain != Known::yes)
    refuse(column.created, cat("it is not known whether this made the column ",
                               quote_identifier(column.name), " of ", written(table.full_name())));
  const bool serial = plain_serial(table, column);
  if (serial) {
    out += column.type.name == "int8"   ? " bigserial"
           : column.type.name == "int2" ? " smallserial"
                                        : " serial";
  } else {
    out += cat(' ', type(column.type, column.type_known, table, column.created));
  }
  const ColumnDefinition* made = text_.definition(column);
  const Migration* migration =
      made ? text_.migration_of(text_.written_at(made->name, {})) : nullptr;
  const std::string_view definition = migration && made->span.begin < made->span.end
                                          ? clause_text(migration->source->text, made->span)
                                          : std::string_view();
  // ALTER COLUMN TYPE gives a column the storage of its new type.
  if (made && made->type.text == column.type.text) out += storage_of(definition);
  if (!column.collation.empty()) {
    const std::string name = collation_of(definition, column.collation);
    out += cat(" COLLATE ", name.empty() ? quote_identifier(column.collation) : name);
  }
  if (column.not_null == Known::unknown)
    refuse(column.created, cat("it is not known whether the column ", quote_identifier(column.name),
                               " of ", written(table.full_name()), " is NOT NULL"));
  if (column.generated != Generated::none) {
    if (!made || !made->generation || made->generation->text.empty()) {
      refuse(column.created, cat("how the column ", quote_identifier(column.name), " of ",
                                 written(table.full_name()), " is generated cannot be read"));
    } else {
      const std::string expression = text_.renames.expression(
          made->generation->text, table.full_name(), text_.written_at(made->name, column.created));
      out += cat(" GENERATED ALWAYS AS (", expression, ")",
                 column.generated == Generated::stored ? " STORED" : " VIRTUAL");
    }
  } else if (column.identity != Identity::none) {
    out += identity(table, column);
  } else if (column.has_default && !serial) {
    out += cat(" DEFAULT ", default_value(table, column));
  }
  if (column.not_null == Known::yes && !serial) {
    const std::string usual = schema::make_object_name(table.name, column.name, "not_null");
    // A constraint with a name since PostgreSQL 18.
    if (!column.not_null_constraint.empty() && column.not_null_constraint != usual)
      out += cat(" CONSTRAINT ", quote_identifier(column.not_null_constraint));
    out += " NOT NULL";
  }
  return out;
}

std::string Ddl::exclusion(const Relation& table, const Constraint& constraint) {
  const ConstraintDefinition* made = text_.definition(constraint);
  const Migration* migration = text_.migration_of(constraint.created);
  if (made && migration) {
    const std::string_view clause = clause_text(migration->source->text, made->span);
    const sql::TokenList tokens(clause, {0, static_cast<std::uint32_t>(clause.size())});
    for (std::size_t at = 0; at < tokens.size(); ++at) {
      if (tokens.word(at, "exclude"))
        return text_.renames.expression(clause.substr(tokens[at].begin), table.full_name(),
                                        constraint.created);
    }
  }
  refuse(constraint.created, cat("the exclusion constraint ", quote_identifier(constraint.name),
                                 " of ", written(table.full_name()), " cannot be read"));
  return "EXCLUDE ()";
}

std::string Ddl::foreign_key(const Relation& table, const Constraint& constraint) {
  std::string out = cat("FOREIGN KEY (", column_list(constraint.columns), ") REFERENCES ",
                        written(constraint.references()),
                        constraint.referenced_columns.empty()
                            ? std::string()
                            : cat(" (", column_list(constraint.referenced_columns), ")"));
  const ConstraintDefinition* made = text_.definition(constraint);
  const Migration* migration = text_.migration_of(constraint.created);
  if (!made || !migration) {
    refuse(constraint.created,
           cat("what the foreign key ", quote_identifier(constraint.name), " of ",
               written(table.full_name()), " does ON UPDATE is not known"));
    return out;
  }
  const std::string_view clause = clause_text(migration->source->text, made->span);
  const sql::TokenList tokens(clause, {0, static_cast<std::uint32_t>(clause.size())});
  std::string some_columns;  // of ON DELETE SET NULL (a, b)
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    if (tokens.word(at, "match") && tokens.word(at + 1, "full")) out += " MATCH FULL";
    if (tokens.word(at, "set") && tokens.symbol(at + 2, '('))
      some_columns = cat(' ', text_.renames.expression(
                                  between(clause, tokens, at + 2, behind_bracket(tokens, at + 2)),
                                  table.full_name(), constraint.created));
  }
  if (made->on_update != ReferentialAction::no_action)
    out += cat(" ON UPDATE ", sql_name(made->on_update));
  if (constraint.on_delete != ReferentialAction::no_action)
    out += cat(" ON DELETE ", sql_name(constraint.on_delete), some_columns);
  return out;
}

std::string Ddl::constraint(const Relation& table, const Constraint& constraint) {
  std::string out = cat("CONSTRAINT ", quote_identifier(constraint.name), ' ');
  const ConstraintDefinition* made = text_.definition(constraint);
  switch (constraint.kind) {
    case ConstraintKind::not_null:
      break;
    case ConstraintKind::check:
      if (constraint.check.empty())
        refuse(constraint.created, cat("the check ", quote_identifier(constraint.name), " of ",
                                       written(table.full_name()), " cannot be read"));
      out += cat("CHECK (",
                 text_.renames.expression(constraint.check, table.full_name(),
                                          text_.written_at(constraint.check, constraint.created)),
                 ")");
      if (constraint.no_inherit) out += " NO INHERIT";
      break;
    case ConstraintKind::primary_key:
    case ConstraintKind::unique: {
      out += constraint.kind == ConstraintKind::primary_key ? "PRIMARY KEY" : "UNIQUE";
      const Index* behind = table.index(constraint.index);
      const CreateIndex* create =
          behind && made && !made->using_index.empty() ? text_.definition(*behind) : nullptr;
      if ((made && made->nulls_not_distinct) || (create && create->nulls_not_distinct))
        out += " NULLS NOT DISTINCT";
      out += cat(" (", column_list(constraint.columns),
                 made && made->without_overlaps ? " WITHOUT OVERLAPS)" : ")");
      const Index* index = table.index(constraint.index);
      if (index && !index->include.empty())
        out += cat(" INCLUDE (", column_list(index->include), ")");
      out += index_parameters(table, constraint, made);
      break;
    }
    case ConstraintKind::foreign_key:
      out += foreign_key(table, constraint);
      break;
    case ConstraintKind::exclusion:
      out += exclusion(table, constraint);
      return out;  // as it was written, to its end
  }
  if (constraint.deferrable) out += " DEFERRABLE";
  if (constraint.deferred) out += " INITIALLY DEFERRED";
  if (!constraint.enforced)
    out += " NOT ENFORCED";
  else if (!constraint.valid)
    out += " NOT VALID";
  return out;
}

// What the index behind a primary key or unique constraint is told: WITH (...), its tablespace.
std::string Ddl::index_parameters(const Relation& table, const Constraint& constraint,
                                  const ConstraintDefinition* made) {
  const Migration* migration = text_.migration_of(constraint.created);
  if (!made || !migration) return {};
  if (made->using_index.empty()) {
    const std::string_view clause = clause_text(migration->source->text, made->span);
    return parameters_of(clause);
  }
  const Index* index = table.index(constraint.index);
  const CreateIndex* create = index ? text_.definition(*index) : nullptr;
  if (!create) {
    refuse(constraint.created, cat("how the index of the constraint ",
                                   quote_identifier(constraint.name), " was made cannot be told"));
    return {};
  }
  std::string out = options_of(*create);
  if (!create->tablespace.empty())
    out += cat(" USING INDEX TABLESPACE ", quote_identifier(create->tablespace));
  return out;
}

bool Ddl::added_later(const Relation&, const Constraint& constraint) {
  return constraint.kind == ConstraintKind::foreign_key || !constraint.valid;
}

std::string Ddl::add_constraint(const Relation& table, const Constraint& one) {
  return cat("ALTER TABLE ", written(table.full_name()), " ADD ", constraint(table, one));
}

std::string Ddl::tail(const Relation& table, const CreateTable& made) {
  const Migration* migration = text_.migration_of(table.created);
  const Statement* statement = text_.statement_of(table.created);
  if (!migration || !statement || made.within != Within::statement) {
    if (!made.partition_strategy.empty())
      refuse(table.created,
             cat("how ", written(table.full_name()), " is partitioned cannot be read"));
    return {};
  }
  const std::string_view source = migration->source->text;
  const sql::TokenList tokens(source, statement->span);
  std::size_t at = 0;
  while (at < tokens.size() && !tokens.symbol(at, '(')) ++at;
  at = behind_bracket(tokens, at);
  if (tokens.word(at, "inherits")) at = behind_bracket(tokens, at + 1);
  const std::string rest = between(source, tokens, at, tokens.size());
  return rest.empty() ? rest : text_.renames.expression(rest, table.full_name(), table.created);
}

// What stands behind the bound of CREATE TABLE ... PARTITION OF: PARTITION BY, WITH ...
std::string Ddl::behind_bound(const Relation& table) {
  const Migration* migration = text_.migration_of(table.created);
  const Statement* statement = text_.statement_of(table.created);
  if (!migration || !statement) return {};
  const std::string_view source = migration->source->text;
  const sql::TokenList tokens(source, statement->span);
  std::size_t at = 0;
  int depth = 0;
  const auto begins_bound = [&] {
    return depth == 0 && (tokens.word(at, "default") ||
                          (tokens.word(at, "for") && tokens.word(at + 1, "values")));
  };
  for (; at < tokens.size() && !begins_bound(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')')) --depth;
  }
  if (tokens.word(at, "default")) {
    ++at;
  } else {
    const bool range = tokens.word(at + 2, "from");
    at = behind_bracket(tokens, at + 3);
    if (range) at = behind_bracket(tokens, at + 1);  // TO (...)
  }
  const std::string rest = between(source, tokens, at, tokens.size());
  return rest.empty() ? rest
                      : cat(' ', text_.renames.expression(rest, table.full_name(), table.created));
}

std::string Ddl::table(const Relation& table) {
  const CreateTable* made = text_.definition(table);
  if (!table.create_seen || !made) {
    refuse(table.created, cat("the columns of ", written(table.full_name()),
                              " are not all known: it was not made by a CREATE TABLE that lists "
                              "them"));
  } else if (table.created_certain != Known::yes) {
    refuse(table.created, cat("it is not known whether this made ", written(table.full_name()),
                              ": it may have been there before"));
  }
  if (table.kind == RelationKind::foreign_table)
    refuse(table.created, cat(written(table.full_name()), " is a foreign table"));
  if (made && !made->of_type.name.empty())
    refuse(table.created, cat(written(table.full_name()), " is a table OF a type"));
  std::string out =
      cat(table.persistence == Persistence::unlogged ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ",
          written(table.full_name()));
  const bool partition = made && !made->partition_of.name.empty() && !table.partition_of.empty();
  if (partition) {
    // What a partition has of its parent comes with it.
    return cat(out, " PARTITION OF ",
               written(text_.renames.today(catalog_.resolve(made->partition_of), table.created)),
               ' ', made->partition_bound, behind_bound(table));
  }
  std::vector<std::string> parts;
  for (const Column& each : table.columns)
    if (!each.inherited || !table.partition_of.empty()) parts.push_back(column(table, each));
  for (const Constraint& each : table.constraints)
    if (!added_later(table, each) && (!each.inherited || !table.partition_of.empty()))
      parts.push_back(constraint(table, each));
  out += " (";
  for (const std::string& each : parts) out += cat(&each == parts.data() ? "\n  " : ",\n  ", each);
  out += parts.empty() ? ")" : "\n)";
  for (std::size_t at = 0; at < table.inherits.size(); ++at)
    out +=
        cat(at == 0 ? " INHERITS (" : ", ", written(named_plainly(catalog_, table.inherits[at])));
  if (!table.inherits.empty()) out += ')';
  const std::string rest = made ? tail(table, *made) : std::string();
  return rest.empty() ? out : cat(out, ' ', rest);
}

// A collation or operator class with its schema, and with its parameters, such as
// gist_trgm_ops (siglen = 64).
std::string Ddl::as_written(const CreateIndex& made, std::size_t column, Text name,
                            const Index& index) {
  const Migration* migration = text_.migration_of(index.created);
  const Statement* statement = text_.statement_of(index.created);
  if (!migration || !statement) return quote_identifier(name);
  const std::string_view source = migration->source->text;
  if (made.within == Within::statement) {
    const std::string text = name_in_index(source, statement->span, column, name);
    return text.empty() ? quote_identifier(name) : text;
  }
  // In a DO block only the words can be looked for.
  const std::string_view text =
      source.substr(statement->span.begin, statement->span.end - statement->span.begin);
  const std::size_t at = text.find(name);
  const std::size_t behind =
      at == text.npos ? at : text.find_first_not_of(" \t\r\n", at + name.size());
  if (behind != text.npos && text[behind] == '(')
    refuse(index.created, cat("the parameters of an operator class of the index ",
                              quote_identifier(index.name), " cannot be read"));
  return quote_identifier(name);
}

std::string Ddl::index(const Relation& table, const Index& index) {
  const CreateIndex* made = text_.definition(index);
  if (!made) {
    refuse(index.created, cat("how the index ", quote_identifier(index.name),
                              " was made cannot be "
                              "told"));
    return {};
  }
  if (!index.valid)
    refuse(index.created, cat("the index ", quote_identifier(index.name), " is not valid"));
  std::string columns;
  for (std::size_t at = 0; at < made->columns.size(); ++at) {
    const IndexColumn& column = made->columns[at];
    columns += at == 0 ? "" : ", ";
    if (column.name.empty()) {
      columns +=
          cat('(',
              text_.renames.expression(column.expression->text, table.full_name(),
                                       text_.written_at(column.expression->text, index.created)),
              ')');
    } else {
      columns += quote_identifier(at < index.columns.size() ? index.columns[at] : column.name);
    }
    if (!column.collation.empty())
      columns += cat(" COLLATE ", as_written(*made, at, column.collation, index));
    if (!column.operator_class.empty())
      columns += cat(' ', as_written(*made, at, column.operator_class, index));
    // In full, as Drizzle writes it: what is left out it takes for an expression.
    if (column.descending) columns += " DESC";
    if (column.descending || column.nulls_first)
      columns += column.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  std::string out =
      cat(index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ", quote_identifier(index.name),
          " ON ", written(table.full_name()), " USING ", index.method, " (", columns, ")");
  if (!index.include.empty()) out += cat(" INCLUDE (", column_list(index.include), ")");
  if (made->nulls_not_distinct) out += " NULLS NOT DISTINCT";
  out += options_of(*made);
  if (!made->tablespace.empty()) out += cat(" TABLESPACE ", quote_identifier(made->tablespace));
  if (made->where)
    out +=
        cat(" WHERE ", text_.renames.expression(made->where.text, table.full_name(),
                                                text_.written_at(made->where.text, index.created)));
  return out;
}

}  // namespace migguard::adopt
