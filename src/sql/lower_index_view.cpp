// Indexes and views: CREATE, REINDEX, REFRESH; and what keeps tables in shape: CLUSTER, VACUUM,
// ANALYZE.
#include <sql/lower_parts.hpp>

namespace migguard::sql {
namespace {

// An index column's expression in the text: in brackets of its own, or a bare function call.
Span index_expression(std::string_view text, Span element) {
  const Span inside = inside_brackets(text, element);
  if (inside.begin == inside.end || inside.end >= element.end) return element;
  if (text[element.begin] == '(') return inside;
  return {element.begin, inside.end + 1};
}

IndexColumn index_column(Site& site, const IndexElem& element, Span range) {
  IndexColumn column;
  column.name = keep(site, element.name);
  if (element.expr) {
    column.expression = kept_expression(site, element.expr, index_expression(site.text(), range));
  }
  column.operator_class = last_part(site, element.opclass);
  column.collation = last_part(site, element.collation);
  column.descending = element.ordering == SORTBY_DESC;
  column.nulls_first = element.nulls_ordering == SORTBY_NULLS_DEFAULT
                           ? column.descending
                           : element.nulls_ordering == SORTBY_NULLS_FIRST;
  return column;
}

}  // namespace

void lower(const IndexStmt& statement, Site& site) {
  const Span rest = site.from(statement.relation ? statement.relation->location : -1);
  const auto elements = items<IndexElem>(statement.indexParams);
  std::vector<Span> ranges;
  if (std::any_of(elements.begin(), elements.end(),
                  [](const IndexElem* element) { return element->expr; })) {
    ranges = split_brackets(site.text(), rest);
  }
  if (ranges.size() != elements.size()) ranges.assign(elements.size(), Span{});

  auto& op = emit<CreateIndex>(site);
  op.index = keep(site, statement.idxname);
  op.table = name(site, statement.relation);
  op.method = keep(site, statement.accessMethod);
  op.unique = statement.unique;
  op.concurrently = statement.concurrent;
  op.if_not_exists = statement.if_not_exists;
  op.only = statement.relation && !statement.relation->inh;
  op.nulls_not_distinct = statement.nulls_not_distinct;
  std::size_t place = 0;
  op.columns = each<IndexColumn, IndexElem>(
      site, statement.indexParams,
      [&](const IndexElem& element) { return index_column(site, element, ranges[place++]); });
  op.include = result_names(site, statement.indexIncludingParams);
  // The elements of CREATE SCHEMA follow each other without a semicolon: where this one ends is not
  // told.
  const bool ends = statement.whereClause && site.schema.empty();
  const Span where = ends ? after_word(site.text(), rest, "where") : Span{};
  op.where = expression(site, statement.whereClause, where);
  op.options = options(site, statement.options);
  op.tablespace = keep(site, statement.tableSpace);
}

void lower(const ReindexStmt& statement, Site& site) {
  auto& op = emit<Reindex>(site);
  switch (statement.kind) {
    case REINDEX_OBJECT_INDEX:
      op.object = ObjectKind::index;
      break;
    case REINDEX_OBJECT_TABLE:
      op.object = ObjectKind::table;
      break;
    case REINDEX_OBJECT_SCHEMA:
      op.object = ObjectKind::schema;
      break;
    case REINDEX_OBJECT_SYSTEM:
      op.system = true;
      [[fallthrough]];
    case REINDEX_OBJECT_DATABASE:
      op.object = ObjectKind::database;
      break;
  }
  op.name =
      statement.relation ? name(site, statement.relation) : Name{{}, keep(site, statement.name)};
  op.concurrently = option_on(statement.params, "concurrently");
}

void lower(const ViewStmt& statement, Site& site) {
  const Reads read = reads(site, statement.query);
  auto& op = emit<CreateView>(site);
  op.view = name(site, statement.view);
  op.or_replace = statement.replace;
  op.persistence = persistence(statement.view);
  op.columns = output_columns(site, statement.query, statement.aliases);
  op.reads = read.relations;
  op.reads_columns = read.columns;
  op.query = query_parts(site, statement.query, read.functions);
}

void lower(const RefreshMatViewStmt& statement, Site& site) {
  auto& op = emit<RefreshMaterializedView>(site);
  op.view = name(site, statement.relation);
  op.concurrently = statement.concurrent;
  op.with_data = !statement.skipData;
}

void lower(const ClusterStmt& statement, Site& site) {
  auto& op = emit<Cluster>(site);
  op.table = name(site, statement.relation);
  op.index = keep(site, statement.indexname);
}

void lower(const VacuumStmt& statement, Site& site) {
  const auto vacuum = [&](const RangeVar* relation) {
    auto& op = emit<Vacuum>(site);
    op.table = name(site, relation);
    op.vacuum = statement.is_vacuumcmd;
    op.full = statement.is_vacuumcmd && option_on(statement.options, "full");
    op.analyze = !statement.is_vacuumcmd || option_on(statement.options, "analyze");
  };
  if (!statement.rels) vacuum(nullptr);
  for (const auto* relation : items<VacuumRelation>(statement.rels)) vacuum(relation->relation);
}

}  // namespace migguard::sql
