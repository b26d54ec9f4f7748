// Columns and constraints, as CREATE TABLE, ALTER TABLE, CREATE DOMAIN and CREATE TYPE define them.
#include <sql/lower_parts.hpp>
//
#include <sql/scan.hpp>
#include <string>

namespace migguard::sql {
namespace {

// ATTRIBUTE_IDENTITY_ALWAYS and ATTRIBUTE_GENERATED_STORED of src/include/catalog/pg_attribute.h.
constexpr char identity_always = 'a';
constexpr char generated_stored = 's';

// Not constraints but words about the one before (DEFERRABLE, NOT ENFORCED ...).
bool is_attribute(const ::Constraint& constraint) {
  return constraint.contype >= CONSTR_ATTR_DEFERRABLE;
}

// Constraints that PostgreSQL keeps as such; the others say what a column is.
bool is_kept(const ::Constraint& constraint) {
  switch (constraint.contype) {
    case CONSTR_NOTNULL:
    case CONSTR_CHECK:
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
    case CONSTR_FOREIGN:
      return true;
    default:
      return false;
  }
}

ReferentialAction referential_action(char action) {
  switch (action) {
    case FKCONSTR_ACTION_RESTRICT:
      return ReferentialAction::restrict;
    case FKCONSTR_ACTION_CASCADE:
      return ReferentialAction::cascade;
    case FKCONSTR_ACTION_SETNULL:
      return ReferentialAction::set_null;
    case FKCONSTR_ACTION_SETDEFAULT:
      return ReferentialAction::set_default;
    default:
      return ReferentialAction::no_action;
  }
}

void apply_attribute(ConstraintDefinition& definition, ConstrType attribute) {
  switch (attribute) {
    case CONSTR_ATTR_DEFERRED:
      definition.initially_deferred = true;
      [[fallthrough]];
    case CONSTR_ATTR_DEFERRABLE:
      definition.deferrable = true;
      break;
    case CONSTR_ATTR_NOT_ENFORCED:
      // What is not enforced is not checked either (transformConstraintAttrs).
      definition.not_enforced = true;
      definition.not_valid = true;
      break;
    default:
      break;
  }
}

// The type of a serial column.
TypeName integer_type(std::string_view base) {
  TypeName type;
  type.name.name = base;
  type.text = base == "int2" ? "smallint" : base == "int4" ? "integer" : "bigint";
  return type;
}

Identity identity(char when) {
  return when == identity_always ? Identity::always : Identity::by_default;
}

// What follows DEFAULT. The clause begins with it, as far as the parser knows where that is.
Span after_default(std::string_view text, Span range) {
  constexpr std::string_view word = "default";
  const std::string_view clause = slice(text, range);
  if (!same_word(clause.substr(0, word.size()), word) || clause.size() == word.size() ||
      is_word_character(clause[word.size()]))
    return after_word(text, range, word);
  return {range.begin + static_cast<std::uint32_t>(word.size()), range.end};
}

void foreign_key(Site& site, const ::Constraint& constraint, Span clause,
                 ConstraintDefinition& definition) {
  definition.kind = ConstraintKind::foreign_key;
  definition.columns = texts(site, constraint.fk_attrs);
  definition.references = name(site, constraint.pktable);
  definition.referenced_columns = rarely(site.out, texts(site, constraint.pk_attrs));
  definition.on_delete = referential_action(constraint.fk_del_action);
  definition.on_update = referential_action(constraint.fk_upd_action);
  // The tree holds NO ACTION whether it is written or not.
  definition.on_delete_written = definition.on_delete != ReferentialAction::no_action ||
                                 has_words(site.text(), clause, "on", "delete");
  definition.not_enforced = !constraint.is_enforced;
}

}  // namespace

ConstraintDefinition constraint_definition(Site& site, const ::Constraint& constraint,
                                           Span clause) {
  ConstraintDefinition definition;
  if (constraint.location >= 0 && static_cast<std::uint32_t>(constraint.location) >= clause.begin &&
      static_cast<std::uint32_t>(constraint.location) < clause.end) {
    clause.begin = static_cast<std::uint32_t>(constraint.location);
  }
  definition.span = site.in_source(clause);
  definition.name = keep(site, constraint.conname);
  if (constraint.keys) definition.columns = texts(site, constraint.keys);
  definition.not_valid = constraint.skip_validation;
  definition.deferrable = constraint.deferrable;
  definition.initially_deferred = constraint.initdeferred;
  definition.no_inherit = constraint.is_no_inherit;
  definition.nulls_not_distinct = constraint.nulls_not_distinct;
  definition.without_overlaps = constraint.without_overlaps;
  definition.using_index = keep(site, constraint.indexname);
  if (constraint.including)
    definition.include = rarely(site.out, texts(site, constraint.including));
  switch (constraint.contype) {
    case CONSTR_NOTNULL:
      definition.kind = ConstraintKind::not_null;
      break;
    case CONSTR_PRIMARY:
      definition.kind = ConstraintKind::primary_key;
      break;
    case CONSTR_UNIQUE:
      definition.kind = ConstraintKind::unique;
      break;
    case CONSTR_EXCLUSION:
      definition.kind = ConstraintKind::exclusion;
      definition.method = keep(site, constraint.access_method);
      // Pairs of what is compared and the operator.
      definition.columns = each<Text, ::List>(site, constraint.exclusions, [&](const ::List& pair) {
        const auto* element = as<IndexElem>(items(&pair).front());
        return element ? keep(site, element->name) : Text{};
      });
      break;
    case CONSTR_FOREIGN:
      foreign_key(site, constraint, clause, definition);
      break;
    default:
      definition.kind = ConstraintKind::check;
      definition.check =
          kept_expression(site, constraint.raw_expr, inside_brackets(site.text(), clause));
      definition.predicate = rarely(site.out, predicate(site, constraint.raw_expr));
      definition.not_enforced = !constraint.is_enforced;
      break;
  }
  return definition;
}

Span column_constraint_range(const Items<::Constraint>& constraints, std::size_t place,
                             Span clause) {
  const auto inside = [&](ParseLoc location) {
    return location >= 0 && static_cast<std::uint32_t>(location) >= clause.begin &&
           static_cast<std::uint32_t>(location) <= clause.end;
  };
  Span range = clause;
  if (inside(constraints[place]->location)) {
    range.begin = static_cast<std::uint32_t>(constraints[place]->location);
  }
  for (std::size_t i = place + 1; i < constraints.size(); ++i) {
    if (is_attribute(*constraints[i])) continue;
    if (inside(constraints[i]->location)) {
      range.end = std::max(range.begin, static_cast<std::uint32_t>(constraints[i]->location));
    }
    break;
  }
  return range;
}

List<ConstraintDefinition> column_constraints(Site& site, const ::List* list, Text column,
                                              Span clause) {
  const auto constraints = items<::Constraint>(list);
  const auto number = static_cast<std::size_t>(
      std::count_if(constraints.begin(), constraints.end(), [](const ::Constraint* constraint) {
        return constraint->type == T_Constraint && is_kept(*constraint);
      }));
  if (number == 0) return {};
  ListInPlace<ConstraintDefinition> definitions(site, number);
  List<Text> itself;  // the column, for all that name none
  if (!column.empty()) {
    ListInPlace<Text> columns(site, 1);
    columns.add([&] { return column; });
    itself = columns.list();
  }
  bool attributes_apply = false;
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const ::Constraint& constraint = *constraints[i];
    if (constraint.type != T_Constraint) continue;
    if (is_attribute(constraint)) {
      if (attributes_apply) apply_attribute(definitions.back(), constraint.contype);
      continue;
    }
    attributes_apply = is_kept(constraint);
    if (!attributes_apply) continue;
    const Span range = without_space(site.text(), column_constraint_range(constraints, i, clause),
                                     site.may_hold_comment());
    auto& definition =
        definitions.add([&] { return constraint_definition(site, constraint, range); });
    if (definition.columns.empty()) definition.columns = itself;
  }
  return definitions.list();
}

ColumnDefinition column_definition(Site& site, const ColumnDef& column, Span clause) {
  ColumnDefinition definition;
  definition.name = name_at(site, column.location, column.colname);
  definition.span = site.in_source(clause);
  if (const char* const base = serial_base(column.typeName)) {
    definition.serial = true;
    definition.not_null = true;
    definition.type = integer_type(base);
  } else {
    definition.type = type_name(site, column.typeName);
  }
  if (column.collClause) definition.collation = last_part(site, column.collClause->collname);

  const auto constraints = items<::Constraint>(column.constraints);
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const ::Constraint& constraint = *constraints[i];
    if (constraint.type != T_Constraint) continue;
    switch (constraint.contype) {
      case CONSTR_NOTNULL:
        definition.not_null = true;
        break;
      case CONSTR_PRIMARY:
        definition.primary_key = definition.not_null = true;
        break;
      case CONSTR_UNIQUE:
        definition.unique = true;
        break;
      case CONSTR_IDENTITY:
        definition.identity = identity(constraint.generated_when);
        definition.not_null = true;
        break;
      case CONSTR_GENERATED: {
        const Span range = column_constraint_range(constraints, i, clause);
        definition.generated =
            constraint.generated_kind == generated_stored ? Generated::stored : Generated::virtual_;
        definition.generation =
            kept_expression(site, constraint.raw_expr, inside_brackets(site.text(), range));
        break;
      }
      case CONSTR_DEFAULT: {
        Span range = column_constraint_range(constraints, i, clause);
        range = after_default(site.text(), range);
        // The COLLATE of a column may stand behind its default; a default has its own in brackets
        // only.
        if (column.collClause) range = before_word(site.text(), range, "collate");
        definition.default_value = kept_expression(site, constraint.raw_expr, range);
        break;
      }
      default:
        break;
    }
  }
  definition.constraints = column_constraints(site, column.constraints, definition.name, clause);
  return definition;
}

Text partition_bound(Site& site, const PartitionBoundSpec* bound) {
  if (!bound) return {};
  if (bound->is_default) return "DEFAULT";
  // The location is that of IN, FROM or WITH; the bound ends with its last bracket.
  const Span rest = site.from(bound->location);
  Span last = inside_brackets(site.text(), rest);
  if (bound->strategy == PARTITION_STRATEGY_RANGE)
    last = inside_brackets(site.text(), {last.end + 1, rest.end});
  if (last.end >= rest.end) return {};
  std::string text = "FOR VALUES ";
  text += slice(site.text(), {rest.begin, last.end + 1});
  return keep(site, std::string_view(text));
}

}  // namespace migguard::sql
