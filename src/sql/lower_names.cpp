// Names, roles and options: what every statement is made of.
#include <sql/lower_parts.hpp>
//
#include <string>

namespace migguard::sql {

Text keep(Lowering& out, std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(out.arena.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

Text keep(Site& site, const char* text) {
  return text ? keep(site.out, std::string_view(text)) : Text{};
}
Text keep(Site& site, std::string_view text) { return keep(site.out, text); }
Text text_of(Site& site, const ::Node* string) { return keep(site, string_of(string)); }

Text name_at(Site& site, ParseLoc location, const char* name) {
  if (!name) return {};
  const std::string_view spelled = name;
  // The text of a body may be gone before its operations are.
  if (location >= 0 && site.out.within == Within::statement) {
    std::size_t begin = static_cast<std::size_t>(location);
    if (begin < site.text().size() && site.text()[begin] == '"') ++begin;
    if (begin + spelled.size() <= site.text().size()) {
      const Text there(site.text().data() + begin, spelled.size());
      if (there == spelled) return there;
    }
  }
  return keep(site, spelled);
}

List<Text> texts(Site& site, const ::List* strings) {
  return each<Text, ::Node>(site, strings,
                            [&](const ::Node& string) { return text_of(site, &string); });
}

List<Text> result_names(Site& site, const ::List* results) {
  return each<Text, ::Node>(site, results, [&](const ::Node& result) -> Text {
    if (const auto* target = as<ResTarget>(&result)) return keep(site, target->name);
    if (const auto* element = as<IndexElem>(&result)) return keep(site, element->name);
    if (const auto* column = as<ColumnDef>(&result)) return keep(site, column->colname);
    return text_of(site, &result);
  });
}

Text last_part(Site& site, const ::List* names) { return text_of(site, items(names).back()); }

Name name(Site& site, const RangeVar* relation) {
  Name result = written_name(site, relation);
  if (result.schema.empty() && !result.name.empty() && !temporary(*relation))
    result.schema = site.schema;
  return result;
}

Name written_name(Site& site, const RangeVar* relation) {
  if (!relation) return {};
  if (!relation->schemaname) return {{}, name_at(site, relation->location, relation->relname)};
  return {keep(site, relation->schemaname), keep(site, relation->relname)};
}

Name name(Site& site, const ::List* names) {
  Name result;
  for (const ::Node* part : items(names)) {
    const char* const string = string_of(part);
    if (!string) continue;
    result.schema = result.name;
    result.name = keep(site, string);
  }
  return result;
}

bool temporary(const RangeVar& relation) {
  return relation.relpersistence == RELPERSISTENCE_TEMP ||
         (relation.schemaname && std::string_view(relation.schemaname) == "pg_temp");
}

Persistence persistence(const RangeVar* relation) {
  if (!relation) return Persistence::permanent;
  if (temporary(*relation)) return Persistence::temporary;
  return relation->relpersistence == RELPERSISTENCE_UNLOGGED ? Persistence::unlogged
                                                             : Persistence::permanent;
}

Text role(Site& site, const RoleSpec* role) {
  if (!role) return {};
  switch (role->roletype) {
    case ROLESPEC_CSTRING:
      return keep(site, role->rolename);
    case ROLESPEC_CURRENT_ROLE:
      return "current_role";
    case ROLESPEC_CURRENT_USER:
      return "current_user";
    case ROLESPEC_SESSION_USER:
      return "session_user";
    case ROLESPEC_PUBLIC:
      return "public";
  }
  return {};
}

List<Text> roles(Site& site, const ::List* roles) {
  return each<Text, RoleSpec>(site, roles,
                              [&](const RoleSpec& each_role) { return role(site, &each_role); });
}

namespace {

// The nodes of an object that belongs to a table: the table's name, and then its own.
Name name_at_table(Site& site, const ::List* names) {
  const auto parts = items(names);
  Name result;
  std::string table;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const char* const part = string_of(parts[i]);
    if (!part) continue;
    if (!table.empty()) table += '.';
    table += part;
  }
  // A constraint of a domain: the domain is a type name.
  if (const auto* type = as<::TypeName>(parts.front())) table = plain(name(site, type->names));
  result.schema = keep(site, std::string_view(table));
  result.name = text_of(site, parts.back());
  return result;
}

}  // namespace

Name object_name(Site& site, ObjectType type, const ::Node* object) {
  if (!object) return {};
  if (const auto* routine = as<ObjectWithArgs>(object)) return name(site, routine->objname);
  if (const auto* type_node = as<::TypeName>(object)) return name(site, type_node->names);
  if (const auto* relation = as<RangeVar>(object)) return name(site, relation);
  const auto* list = as<::List>(object);
  if (!list) return {{}, option_value(site, object)};
  switch (type) {
    case OBJECT_COLUMN:
    case OBJECT_DEFAULT:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_DOMCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      return name_at_table(site, list);
    case OBJECT_OPCLASS:
    case OBJECT_OPFAMILY: {
      // The access method stands in front of the name.
      const auto parts = items(list);
      Name result;
      for (std::size_t i = 1; i < parts.size(); ++i) {
        result.schema = result.name;
        result.name = text_of(site, parts[i]);
      }
      return result;
    }
    case OBJECT_CAST: {
      const auto types = items<::TypeName>(list);
      if (types.size() != 2) return {};
      std::string both(type_name(site, types[0]).text);
      both += " AS ";
      both += type_name(site, types[1]).text;
      return {{}, keep(site, std::string_view(both))};
    }
    case OBJECT_TRANSFORM: {
      const auto* first = as<::TypeName>(items(list).front());
      return first ? name(site, first->names) : Name{};
    }
    default:
      return name(site, list);
  }
}

ObjectKind object_kind(ObjectType type) {
  switch (type) {
    case OBJECT_ACCESS_METHOD:
      return ObjectKind::access_method;
    case OBJECT_AGGREGATE:
      return ObjectKind::aggregate;
    case OBJECT_AMOP:
    case OBJECT_AMPROC:
    case OBJECT_OPFAMILY:
      return ObjectKind::operator_family;
    case OBJECT_ATTRIBUTE:
    case OBJECT_COLUMN:
    case OBJECT_DEFAULT:
      return ObjectKind::column;
    case OBJECT_CAST:
      return ObjectKind::cast;
    case OBJECT_COLLATION:
      return ObjectKind::collation;
    case OBJECT_CONVERSION:
      return ObjectKind::conversion;
    case OBJECT_DATABASE:
      return ObjectKind::database;
    case OBJECT_DOMAIN:
      return ObjectKind::domain;
    case OBJECT_DOMCONSTRAINT:
    case OBJECT_TABCONSTRAINT:
      return ObjectKind::constraint;
    case OBJECT_EVENT_TRIGGER:
      return ObjectKind::event_trigger;
    case OBJECT_EXTENSION:
      return ObjectKind::extension;
    case OBJECT_FDW:
      return ObjectKind::foreign_data_wrapper;
    case OBJECT_FOREIGN_SERVER:
      return ObjectKind::foreign_server;
    case OBJECT_FOREIGN_TABLE:
      return ObjectKind::foreign_table;
    case OBJECT_FUNCTION:
    case OBJECT_ROUTINE:
      return ObjectKind::function;
    case OBJECT_INDEX:
      return ObjectKind::index;
    case OBJECT_LANGUAGE:
      return ObjectKind::language;
    case OBJECT_LARGEOBJECT:
      return ObjectKind::large_object;
    case OBJECT_MATVIEW:
      return ObjectKind::materialized_view;
    case OBJECT_OPCLASS:
      return ObjectKind::operator_class;
    case OBJECT_OPERATOR:
      return ObjectKind::operator_;
    case OBJECT_POLICY:
      return ObjectKind::policy;
    case OBJECT_PROCEDURE:
      return ObjectKind::procedure;
    case OBJECT_PUBLICATION:
    case OBJECT_PUBLICATION_NAMESPACE:
    case OBJECT_PUBLICATION_REL:
      return ObjectKind::publication;
    case OBJECT_ROLE:
      return ObjectKind::role;
    case OBJECT_RULE:
      return ObjectKind::rule;
    case OBJECT_SCHEMA:
      return ObjectKind::schema;
    case OBJECT_SEQUENCE:
      return ObjectKind::sequence;
    case OBJECT_STATISTIC_EXT:
      return ObjectKind::statistics;
    case OBJECT_SUBSCRIPTION:
      return ObjectKind::subscription;
    case OBJECT_TABLE:
      return ObjectKind::table;
    case OBJECT_TABLESPACE:
      return ObjectKind::tablespace;
    case OBJECT_TRANSFORM:
      return ObjectKind::transform;
    case OBJECT_TRIGGER:
      return ObjectKind::trigger;
    case OBJECT_TSCONFIGURATION:
    case OBJECT_TSDICTIONARY:
    case OBJECT_TSPARSER:
    case OBJECT_TSTEMPLATE:
      return ObjectKind::text_search;
    case OBJECT_TYPE:
      return ObjectKind::type;
    case OBJECT_VIEW:
      return ObjectKind::view;
    case OBJECT_DEFACL:
    case OBJECT_PARAMETER_ACL:
    case OBJECT_USER_MAPPING:
      return ObjectKind::other;
  }
  return ObjectKind::other;
}

Text option_value(Site& site, const ::Node* value) {
  if (!value) return {};
  switch (value->type) {
    case T_String:
      return text_of(site, value);
    case T_Integer:
      return keep(site, std::string_view(std::to_string(intVal(value))));
    case T_Float:
      return keep(site, as<Float>(value)->fval);
    case T_Boolean:
      return boolVal(value) ? "true" : "false";
    case T_A_Const:
      return constant_text(site, *as<A_Const>(value));
    case T_TypeCast:
      return option_value(site, as<TypeCast>(value)->arg);
    case T_TypeName: {
      // A bare word that the grammar takes for a type, such as `off` or `auto`.
      const auto* type = as<::TypeName>(value);
      return items(type->names).size() == 1 ? last_part(site, type->names)
                                            : type_name(site, type).text;
    }
    case T_List: {
      std::string joined;
      for (const ::Node* item : items(as<::List>(value))) {
        if (!joined.empty()) joined += value->type == T_List && string_of(item) ? "." : ", ";
        joined += option_value(site, item);
      }
      return keep(site, std::string_view(joined));
    }
    default:
      return {};
  }
}

List<OptionValue> options(Site& site, const ::List* options) {
  return each<OptionValue, DefElem>(site, options, [&](const DefElem& element) {
    OptionValue result;
    if (element.defnamespace) {
      result.name =
          keep(site, std::string_view(std::string(element.defnamespace) + "." + element.defname));
    } else {
      result.name = keep(site, element.defname);
    }
    result.value = option_value(site, element.arg);
    return result;
  });
}

const DefElem* option(const ::List* options, std::string_view option_name) {
  for (const auto* element : items<DefElem>(options)) {
    if (element->defname && element->defname == option_name) return element;
  }
  return nullptr;
}

bool option_on(const ::List* options, std::string_view option_name) {
  // The last one counts, as in ExplainQuery and ExecVacuum.
  bool on = false;
  for (const auto* element : items<DefElem>(options)) {
    if (!element->defname || element->defname != option_name) continue;
    on = true;
    if (const auto* number = as<Integer>(element->arg)) on = number->ival != 0;
    if (const auto* boolean = as<Boolean>(element->arg)) on = boolean->boolval;
    if (const char* const word = string_of(element->arg)) {
      const std::string_view text = word;
      on = !(text == "false" || text == "off" || text == "0");
    }
  }
  return on;
}

}  // namespace migguard::sql
