// CREATE TABLE in all its forms, CREATE TABLE AS, TRUNCATE.
#include <sql/lower_parts.hpp>

namespace migguard::sql {
namespace {

// Where an element of CREATE TABLE begins, as far as the parser tells.
ParseLoc location_of(const ::Node* element) {
  if (const auto* column = as<ColumnDef>(element)) return column->location;
  if (const auto* constraint = as<::Constraint>(element)) return constraint->location;
  return -1;
}

// Where each of the elements between the brackets of CREATE TABLE or CREATE TYPE stands.
class ElementRanges {
 public:
  // `last`: nothing follows the brackets.
  ElementRanges(Site& site, const RangeVar* relation, const ::List* elements, bool last)
      : site_(site) {
    if (!elements || !relation) return;
    const Span rest = site.from(relation->location);
    if (last && site.depth == 0 && site.text().substr(0, rest.end).ends_with(')'))
      last_bracket_ = rest.end - 1;
    if (!find_plainly(rest, elements) || (site.may_hold_comment() && commented()))
      ranges_ = split_brackets(site.text(), rest);
    if (ranges_.size() != items(elements).size()) ranges_.clear();
  }
  Span operator[](std::size_t place) const {
    return place < ranges_.size() ? ranges_[place] : site_.range;
  }

 private:
  bool find_plainly(Span rest, const ::List* elements) {
    ranges_.reserve(items(elements).size());
    for (const ::Node* element : items(elements)) {
      const ParseLoc location = location_of(element);
      if (location < 0 || static_cast<std::uint32_t>(location) < rest.begin) return false;
      const auto begin = static_cast<std::uint32_t>(location);
      ranges_.push_back({begin, begin});
    }
    return find_ends(site_.text().substr(0, rest.end), ranges_, last_bracket_);
  }
  bool commented() const {
    return may_hold_comment(slice(site_.text(), {ranges_.front().begin, ranges_.back().end}));
  }

  const Site& site_;
  std::vector<Span> ranges_;
  std::optional<std::uint32_t> last_bracket_;
};

OnCommit on_commit(OnCommitAction action) {
  switch (action) {
    case ONCOMMIT_DELETE_ROWS:
      return OnCommit::delete_rows;
    case ONCOMMIT_DROP:
      return OnCommit::drop;
    case ONCOMMIT_NOOP:
    case ONCOMMIT_PRESERVE_ROWS:
      break;
  }
  return OnCommit::preserve_rows;
}

LikeClause like_clause(Site& site, const TableLikeClause& clause) {
  const auto including = [&](bits32 option) { return (clause.options & option) != 0; };
  return {.table = name(site, clause.relation),
          .columns_defaults = including(CREATE_TABLE_LIKE_DEFAULTS),
          .constraints = including(CREATE_TABLE_LIKE_CONSTRAINTS),
          .indexes = including(CREATE_TABLE_LIKE_INDEXES),
          .identity = including(CREATE_TABLE_LIKE_IDENTITY),
          .generated = including(CREATE_TABLE_LIKE_GENERATED)};
}

Text strategy_name(PartitionStrategy strategy) {
  switch (strategy) {
    case PARTITION_STRATEGY_LIST:
      return "list";
    case PARTITION_STRATEGY_RANGE:
      return "range";
    case PARTITION_STRATEGY_HASH:
      return "hash";
  }
  return {};
}

void table_elements(Site& site, const CreateStmt& statement, CreateTable& op) {
  const bool last = statement.type == T_CreateStmt && !statement.inhRelations &&
                    !statement.partspec && !statement.options && !statement.accessMethod &&
                    !statement.tablespacename && statement.oncommit == ONCOMMIT_NOOP;
  const ElementRanges ranges(site, statement.relation, statement.tableElts, last);
  std::size_t place = 0;
  const auto elements = items(statement.tableElts);
  const auto number_of = [&](NodeTag tag) {
    return static_cast<std::size_t>(
        std::count_if(elements.begin(), elements.end(),
                      [&](const ::Node* element) { return element->type == tag; }));
  };
  ListInPlace<ColumnDefinition> columns(site, number_of(T_ColumnDef));
  ListInPlace<ConstraintDefinition> constraints(site, number_of(T_Constraint));
  ListBuilder<LikeClause> likes(site);
  for (const ::Node* element : elements) {
    const Span range = ranges[place++];
    if (const auto* column = as<ColumnDef>(element)) {
      columns.add([&] { return column_definition(site, *column, range); });
    } else if (const auto* constraint = as<::Constraint>(element)) {
      constraints.add([&] { return constraint_definition(site, *constraint, range); });
    } else if (const auto* like = as<TableLikeClause>(element)) {
      likes.add(like_clause(site, *like));
    }
  }
  op.columns = columns.list();
  op.constraints = constraints.list();
  op.likes = rarely(site.out, likes.list());
}

void create_table(const CreateStmt& statement, Site& site, bool foreign) {
  auto& op = emit<CreateTable>(site);
  op.table = name(site, statement.relation);
  op.persistence = persistence(statement.relation);
  op.on_commit = on_commit(statement.oncommit);
  op.if_not_exists = statement.if_not_exists;
  op.foreign = foreign;
  table_elements(site, statement, op);

  const auto parents = [&] {
    return each<Name, RangeVar>(site, statement.inhRelations,
                                [&](const RangeVar& parent) { return name(site, &parent); });
  };
  if (statement.partbound) {
    // The parent of a partition is kept as its only ancestor.
    op.partition_of = name(site, items<RangeVar>(statement.inhRelations).front());
    op.partition_bound = partition_bound(site, statement.partbound);
    op.bound = rarely(site.out, partition_values(site, statement.partbound));
  } else {
    op.inherits = rarely(site.out, parents());
  }
  if (statement.partspec) {
    op.partition_strategy = strategy_name(statement.partspec->strategy);
    op.partition_columns = rarely(
        site.out, each<Text, PartitionElem>(
                      site, statement.partspec->partParams,
                      [&](const PartitionElem& element) { return keep(site, element.name); }));
  }
  op.tablespace = keep(site, statement.tablespacename);
  if (statement.ofTypename) op.of_type = name(site, statement.ofTypename->names);
}

}  // namespace

void lower(const CreateStmt& statement, Site& site) { create_table(statement, site, false); }

void lower(const CreateForeignTableStmt& statement, Site& site) {
  create_table(statement.base, site, true);
}

void lower(const CompositeTypeStmt& statement, Site& site) {
  auto& op = emit<CreateType>(site);
  op.type = name(site, statement.typevar);
  op.form = "composite";
  const ElementRanges ranges(site, statement.typevar, statement.coldeflist, true);
  std::size_t place = 0;
  op.columns = each<ColumnDefinition, ColumnDef>(
      site, statement.coldeflist,
      [&](const ColumnDef& column) { return column_definition(site, column, ranges[place++]); });
}

void lower(const CreateTableAsStmt& statement, Site& site) {
  const IntoClause* into = statement.into;
  if (statement.objtype != OBJECT_MATVIEW) {
    create_table_as(site, statement.query, into, statement.if_not_exists);
    return;
  }
  const Reads read = reads(site, statement.query);
  auto& op = emit<CreateMaterializedView>(site);
  op.view = name(site, into ? into->rel : nullptr);
  op.if_not_exists = statement.if_not_exists;
  op.with_data = !(into && into->skipData);
  op.columns = output_columns(site, statement.query, into ? into->colNames : nullptr);
  op.reads = read.relations;
  op.reads_columns = read.columns;
  op.query = query_parts(site, statement.query, read.functions);
  if (into) op.tablespace = keep(site, into->tableSpaceName);
}

void create_table_as(Site& site, const ::Node* query, const IntoClause* into, bool if_not_exists) {
  if (const auto* select = as<SelectStmt>(query)) lower_with(select->withClause, site);
  auto& op = emit<CreateTableAs>(site);
  op.if_not_exists = if_not_exists;
  op.columns = output_columns(site, query, into ? into->colNames : nullptr);
  const Reads read = reads(site, query);
  op.reads = read.relations;
  op.reads_columns = read.columns;
  op.query = query_parts(site, query, read.functions);
  if (!into) return;
  op.table = name(site, into->rel);
  op.persistence = persistence(into->rel);
  op.on_commit = on_commit(into->onCommit);
  op.with_data = !into->skipData;
  op.tablespace = keep(site, into->tableSpaceName);
}

void lower(const TruncateStmt& statement, Site& site) {
  for (const auto* relation : items<RangeVar>(statement.relations)) {
    auto& op = emit<Truncate>(site);
    op.table = name(site, relation);
    op.only = !relation->inh;
    op.cascade = statement.behavior == DROP_CASCADE;
    op.restart_identity = statement.restart_seqs;
  }
}

}  // namespace migguard::sql
