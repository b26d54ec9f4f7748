// Chooses the lowering of a statement by its tag, and does what needs no more than a name.
#include <sql/lower_parts.hpp>

namespace migguard::sql {
namespace {

// Statements inside each other: EXPLAIN, COPY, WITH. No grammar needs more.
constexpr unsigned deepest_statement = 64;

template <class Statement>
const Statement& cast(const ::Node& node) {
  return reinterpret_cast<const Statement&>(node);
}

Name plain_name(Site& site, const char* text) { return {{}, keep(site, text)}; }

// What changes nothing that a rule asks about: the command as pg_stat_activity's users know it, or
// none.
std::string_view harmless_command(NodeTag tag) {
  switch (tag) {
    case T_CheckPointStmt:
      return "CHECKPOINT";
    case T_ClosePortalStmt:
      return "CLOSE";
    case T_DeallocateStmt:
      return "DEALLOCATE";
    case T_DeclareCursorStmt:
      return "DECLARE CURSOR";
    case T_FetchStmt:
      return "FETCH";
    case T_ListenStmt:
      return "LISTEN";
    case T_NotifyStmt:
      return "NOTIFY";
    case T_PrepareStmt:
      return "PREPARE";
    case T_SecLabelStmt:
      return "SECURITY LABEL";
    case T_UnlistenStmt:
      return "UNLISTEN";
    case T_VariableShowStmt:
      return "SHOW";
    default:
      return {};
  }
}

// What a role may or may not, SUPERUSER and the like; never its password.
List<OptionValue> role_flags(Site& site, const ::List* written) {
  ListBuilder<OptionValue> flags(site);
  for (const auto* element : items<DefElem>(written))
    if (element->arg && as<Boolean>(element->arg))
      flags.add({keep(site, element->defname), option_value(site, element->arg)});
  return flags.list();
}

// CREATE of objects that are no more than a name to a rule.
bool create_by_name(const ::Node& node, Site& site) {
  switch (node.type) {
    case T_CreateAmStmt:
      create_object(site, ObjectKind::access_method,
                    plain_name(site, cast<CreateAmStmt>(node).amname));
      break;
    case T_CreateConversionStmt:
      create_object(site, ObjectKind::conversion,
                    name(site, cast<CreateConversionStmt>(node).conversion_name));
      break;
    case T_CreateEventTrigStmt:
      create_object(site, ObjectKind::event_trigger,
                    plain_name(site, cast<CreateEventTrigStmt>(node).trigname));
      break;
    case T_CreateFdwStmt:
      create_object(site, ObjectKind::foreign_data_wrapper,
                    plain_name(site, cast<CreateFdwStmt>(node).fdwname));
      break;
    case T_CreateOpClassStmt:
      create_object(site, ObjectKind::operator_class,
                    name(site, cast<CreateOpClassStmt>(node).opclassname));
      break;
    case T_CreateOpFamilyStmt:
      create_object(site, ObjectKind::operator_family,
                    name(site, cast<CreateOpFamilyStmt>(node).opfamilyname));
      break;
    case T_CreateRoleStmt:
      create_object(site, ObjectKind::role, plain_name(site, cast<CreateRoleStmt>(node).role),
                    false, false, role_flags(site, cast<CreateRoleStmt>(node).options));
      break;
    default:
      return false;
  }
  return true;
}

// ALTER of objects that are no more than a name to a rule.
bool alter_by_name(const ::Node& node, Site& site) {
  switch (node.type) {
    case T_AlterCollationStmt:
      alter_object(site, ObjectKind::collation,
                   name(site, cast<AlterCollationStmt>(node).collname));
      break;
    case T_AlterDatabaseRefreshCollStmt:
      alter_object(site, ObjectKind::database,
                   plain_name(site, cast<AlterDatabaseRefreshCollStmt>(node).dbname));
      break;
    case T_AlterDatabaseSetStmt:
      alter_object(site, ObjectKind::database,
                   plain_name(site, cast<AlterDatabaseSetStmt>(node).dbname));
      break;
    case T_AlterDefaultPrivilegesStmt:
      alter_object(site, ObjectKind::other, {});
      // What is granted on objects to come, so on none by name.
      if (const auto* action = cast<AlterDefaultPrivilegesStmt>(node).action) lower(*action, site);
      break;
    case T_AlterEventTrigStmt:
      alter_object(site, ObjectKind::event_trigger,
                   plain_name(site, cast<AlterEventTrigStmt>(node).trigname));
      break;
    case T_AlterExtensionContentsStmt:
      alter_object(site, ObjectKind::extension,
                   plain_name(site, cast<AlterExtensionContentsStmt>(node).extname));
      break;
    case T_AlterExtensionStmt:
      alter_object(site, ObjectKind::extension,
                   plain_name(site, cast<AlterExtensionStmt>(node).extname));
      break;
    case T_AlterFdwStmt:
      alter_object(site, ObjectKind::foreign_data_wrapper,
                   plain_name(site, cast<AlterFdwStmt>(node).fdwname));
      break;
    case T_AlterForeignServerStmt:
      alter_object(site, ObjectKind::foreign_server,
                   plain_name(site, cast<AlterForeignServerStmt>(node).servername));
      break;
    case T_AlterOpFamilyStmt:
      alter_object(site, ObjectKind::operator_family,
                   name(site, cast<AlterOpFamilyStmt>(node).opfamilyname));
      break;
    case T_AlterOperatorStmt: {
      const auto* operation = cast<AlterOperatorStmt>(node).opername;
      alter_object(site, ObjectKind::operator_,
                   name(site, operation ? operation->objname : nullptr));
      break;
    }
    case T_AlterRoleSetStmt:
      alter_object(site, ObjectKind::role, {{}, role(site, cast<AlterRoleSetStmt>(node).role)});
      break;
    case T_AlterRoleStmt:
      alter_object(site, ObjectKind::role, {{}, role(site, cast<AlterRoleStmt>(node).role)},
                   role_flags(site, cast<AlterRoleStmt>(node).options));
      break;
    case T_AlterStatsStmt:
      alter_object(site, ObjectKind::statistics, name(site, cast<AlterStatsStmt>(node).defnames));
      break;
    case T_AlterTSConfigurationStmt:
      alter_object(site, ObjectKind::text_search,
                   name(site, cast<AlterTSConfigurationStmt>(node).cfgname));
      break;
    case T_AlterTSDictionaryStmt:
      alter_object(site, ObjectKind::text_search,
                   name(site, cast<AlterTSDictionaryStmt>(node).dictname));
      break;
    case T_AlterTableSpaceOptionsStmt:
      alter_object(site, ObjectKind::tablespace,
                   plain_name(site, cast<AlterTableSpaceOptionsStmt>(node).tablespacename));
      break;
    case T_AlterTypeStmt:
      alter_object(site, ObjectKind::type, name(site, cast<AlterTypeStmt>(node).typeName));
      break;
    case T_AlterUserMappingStmt: {
      const auto& mapping = cast<AlterUserMappingStmt>(node);
      alter_object(site, ObjectKind::other,
                   {keep(site, mapping.servername), role(site, mapping.user)});
      break;
    }
    default:
      return false;
  }
  return true;
}

// What concerns the whole cluster, and the few statements that nobody can look into.
void lower_other(const ::Node& node, Site& site) {
  if (create_by_name(node, site) || alter_by_name(node, site)) return;
  if (const auto command = harmless_command(node.type); !command.empty()) {
    other_statement(site, command);
    return;
  }
  switch (node.type) {
    case T_CreatedbStmt:
      emit<CreateDatabase>(site).database = keep(site, cast<CreatedbStmt>(node).dbname);
      break;
    case T_DropdbStmt: {
      auto& op = emit<DropDatabase>(site);
      op.database = keep(site, cast<DropdbStmt>(node).dbname);
      op.if_exists = cast<DropdbStmt>(node).missing_ok;
      break;
    }
    case T_ConstraintsSetStmt:
      other_statement(site, cast<ConstraintsSetStmt>(node).deferred ? "SET CONSTRAINTS DEFERRED"
                                                                    : "SET CONSTRAINTS IMMEDIATE");
      break;
    case T_AlterSystemStmt:
      non_transactional(site, "ALTER SYSTEM");
      break;
    case T_CreateTableSpaceStmt:
      non_transactional(site, "CREATE TABLESPACE");
      break;
    case T_DropTableSpaceStmt:
      non_transactional(site, "DROP TABLESPACE");
      break;
    case T_DropSubscriptionStmt:
      non_transactional(site, "DROP SUBSCRIPTION");
      break;
    case T_ImportForeignSchemaStmt:
      opaque(site, "IMPORT FOREIGN SCHEMA", true);
      break;
    case T_LoadStmt:
      opaque(site, "LOAD", false);
      break;
    default:
      opaque(site, "unknown statement", true);
      break;
  }
}

void lower_statement(const ::Node& node, Site& site) {
  switch (node.type) {
#define MIGGUARD_CASE(Statement) \
  case T_##Statement:            \
    return lower(cast<::Statement>(node), site)
    MIGGUARD_CASE(AlterDatabaseStmt);
    MIGGUARD_CASE(AlterDomainStmt);
    MIGGUARD_CASE(AlterEnumStmt);
    MIGGUARD_CASE(AlterFunctionStmt);
    MIGGUARD_CASE(AlterObjectDependsStmt);
    MIGGUARD_CASE(AlterObjectSchemaStmt);
    MIGGUARD_CASE(AlterOwnerStmt);
    MIGGUARD_CASE(AlterPolicyStmt);
    MIGGUARD_CASE(AlterPublicationStmt);
    MIGGUARD_CASE(AlterSeqStmt);
    MIGGUARD_CASE(AlterSubscriptionStmt);
    MIGGUARD_CASE(AlterTableMoveAllStmt);
    MIGGUARD_CASE(AlterTableStmt);
    MIGGUARD_CASE(CallStmt);
    MIGGUARD_CASE(ClusterStmt);
    MIGGUARD_CASE(CommentStmt);
    MIGGUARD_CASE(CompositeTypeStmt);
    MIGGUARD_CASE(CopyStmt);
    MIGGUARD_CASE(CreateCastStmt);
    MIGGUARD_CASE(CreateDomainStmt);
    MIGGUARD_CASE(CreateEnumStmt);
    MIGGUARD_CASE(CreateExtensionStmt);
    MIGGUARD_CASE(CreateForeignServerStmt);
    MIGGUARD_CASE(CreateForeignTableStmt);
    MIGGUARD_CASE(CreateFunctionStmt);
    MIGGUARD_CASE(CreatePLangStmt);
    MIGGUARD_CASE(CreatePolicyStmt);
    MIGGUARD_CASE(CreatePublicationStmt);
    MIGGUARD_CASE(CreateRangeStmt);
    MIGGUARD_CASE(CreateSchemaStmt);
    MIGGUARD_CASE(CreateSeqStmt);
    MIGGUARD_CASE(CreateStatsStmt);
    MIGGUARD_CASE(CreateStmt);
    MIGGUARD_CASE(CreateSubscriptionStmt);
    MIGGUARD_CASE(CreateTableAsStmt);
    MIGGUARD_CASE(CreateTransformStmt);
    MIGGUARD_CASE(CreateTrigStmt);
    MIGGUARD_CASE(CreateUserMappingStmt);
    MIGGUARD_CASE(DefineStmt);
    MIGGUARD_CASE(DeleteStmt);
    MIGGUARD_CASE(DiscardStmt);
    MIGGUARD_CASE(DoStmt);
    MIGGUARD_CASE(DropOwnedStmt);
    MIGGUARD_CASE(DropRoleStmt);
    MIGGUARD_CASE(DropStmt);
    MIGGUARD_CASE(DropUserMappingStmt);
    MIGGUARD_CASE(ExecuteStmt);
    MIGGUARD_CASE(ExplainStmt);
    MIGGUARD_CASE(GrantRoleStmt);
    MIGGUARD_CASE(GrantStmt);
    MIGGUARD_CASE(IndexStmt);
    MIGGUARD_CASE(InsertStmt);
    MIGGUARD_CASE(LockStmt);
    MIGGUARD_CASE(MergeStmt);
    MIGGUARD_CASE(ReassignOwnedStmt);
    MIGGUARD_CASE(RefreshMatViewStmt);
    MIGGUARD_CASE(ReindexStmt);
    MIGGUARD_CASE(RenameStmt);
    MIGGUARD_CASE(RuleStmt);
    MIGGUARD_CASE(SelectStmt);
    MIGGUARD_CASE(TransactionStmt);
    MIGGUARD_CASE(TruncateStmt);
    MIGGUARD_CASE(UpdateStmt);
    MIGGUARD_CASE(VacuumStmt);
    MIGGUARD_CASE(VariableSetStmt);
    MIGGUARD_CASE(ViewStmt);
#undef MIGGUARD_CASE
    default:
      lower_other(node, site);
  }
}

}  // namespace

void lower(const RawStmt& statement, Lowering& out) {
  if (!statement.stmt) return;
  const auto size = static_cast<std::uint32_t>(out.text.size());
  const auto begin =
      std::min(size, static_cast<std::uint32_t>(std::max(statement.stmt_location, 0)));
  // A length of 0 stands for the rest of the text.
  const auto length = static_cast<std::uint32_t>(std::max(statement.stmt_len, 0));
  const std::uint32_t end = length == 0 ? size : std::min(size, begin + length);
  Site site{.out = out, .range = {begin, end}};
  lower_statement(*statement.stmt, site);
}

void lower_inner(const ::Node* statement, Site& site) {
  if (!statement) return;
  if (site.depth >= deepest_statement) {
    opaque(site, "statements too deep inside each other", true);
    return;
  }
  ++site.depth;
  lower_statement(*statement, site);
  --site.depth;
}

void lower_with(const WithClause* with, Site& site) {
  if (!with) return;
  for (const auto* query : items<CommonTableExpr>(with->ctes)) {
    if (site.depth >= deepest_statement) return;
    ++site.depth;
    if (const auto* insert = as<InsertStmt>(query->ctequery)) lower(*insert, site);
    if (const auto* update = as<UpdateStmt>(query->ctequery)) lower(*update, site, true);
    if (const auto* removal = as<DeleteStmt>(query->ctequery)) lower(*removal, site, true);
    if (const auto* merge = as<MergeStmt>(query->ctequery)) lower(*merge, site);
    --site.depth;
  }
}

}  // namespace migguard::sql
