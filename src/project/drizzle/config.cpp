// A configuration is a value (see config_value.hpp), whichever language it is written in; here is
// what drizzle-kit makes of its keys (drizzle-kit 0.31, src/cli/validations/).
#include <algorithm>
#include <array>
#include <project/config_value.hpp>
#include <project/drizzle/config.hpp>
#include <project/drizzle/history.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::string_view default_out = "drizzle";

// `drizzle.config.ts`, `drizzle.config.prod.ts`, `drizzle-auth.config.ts`, `pg.drizzle.config.ts`
bool is_config_name(std::string_view name) {
  return contains_ignoring_case(name, "drizzle") && contains_ignoring_case(name, "config") &&
         (is_module(name) || name.ends_with(".json"));
}

// `configs/mysql.config.ts`: a configuration of something, which says itself of what.
bool may_be_config(Tree& tree, const std::string& folder, std::string_view name) {
  if (!is_module(name) || name.find(".config.") == std::string_view::npos) return false;
  const auto text = tree.peek(join_path(folder, std::string(name)));
  return text && text->find("drizzle-kit") != std::string::npos;
}

ConfigValue read_value(Modules& modules, const std::string& path) {
  if (!path.ends_with(".json")) {
    const Module* module = modules.open(path);
    return module ? evaluate(modules, modules.find(*module, "default")) : ConfigValue();
  }
  const SourceFile* source = modules.tree().read(path);
  if (!source) return {};
  json::Options options;
  options.comments = options.trailing_commas = true;
  const auto parsed = json::parse(source->text, options);
  const auto* value = std::get_if<json::Value>(&parsed);
  return value ? from_json(*value) : ConfigValue();
}

std::string dialect_of_driver(std::string_view driver) {
  if (driver == "pg" || driver == "aws-data-api" || driver == "pglite") return "postgresql";
  if (driver == "mysql2") return "mysql";
  if (driver == "better-sqlite" || driver == "libsql" || driver == "turso" || driver == "d1-http" ||
      driver == "expo" || driver == "durable-sqlite") {
    return "sqlite";
  }
  return {};
}

bool is_local(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "0.0.0.0" ||
         host.empty();
}

constexpr std::string_view mask = "****";

// `postgresql://app:****@host/db`; empty where the URL has no password.
std::string masked_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  // A password may hold an `@` of its own.
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return {};
  const std::size_t colon = url.find(':', begin);
  if (colon >= at || colon + 1 == at) return {};
  // What other parameters hold is nobody's business either.
  const std::size_t query = std::min(url.find('?'), url.size());
  return cat(url.substr(0, colon + 1), mask, url.substr(at, query - at));
}

// A path of the tree as a configuration with that base would write it.
std::string relative_to(std::string base, const std::string& path) {
  std::string up;
  while (base != "." && !is_below(path, base)) {
    base = parent_path(base);
    up += "../";
  }
  if (path == base) return up.empty() ? "." : up;
  return cat(up.empty() ? "./" : up, path.substr(base == "." ? 0 : base.size() + 1));
}

class Reader {
 public:
  Reader(Modules& modules, DrizzleConfig& out, const ConfigValue& value)
      : modules_(modules), out_(out), value_(value) {}

  void read(const std::string& root) {
    read_dialect();
    out_.base = base(root);
    read_out();
    read_migrations();
    read_schema();
    read_credentials();
  }

 private:
  void read_dialect() {
    if (const ConfigMember* dialect = value_.find("dialect")) {
      out_.dialect_span = dialect->key;
      if (dialect->value.is_text()) out_.dialect = dialect->value.text;
    } else if (const ConfigMember* driver = value_.find("driver")) {
      out_.dialect_span = driver->key;
      if (driver->value.is_text()) out_.dialect = dialect_of_driver(driver->value.text);
    }
  }

  // Relative paths are taken from where drizzle-kit is started: the package, in all likelihood,
  // unless only another folder makes sense of them.
  std::string base(const std::string& root) const {
    const std::string folder = parent_path(out_.source->path);
    std::vector<std::string> candidates{out_.package, folder};
    for (std::string above = out_.package; above != root && is_below(above, root);) {
      above = parent_path(above);
      candidates.push_back(above);
    }
    for (const std::string_view key : {"schema", "out"}) {
      for (const std::string& candidate : candidates) {
        if (leads_somewhere(candidate, key)) return candidate;
      }
    }
    return out_.package;
  }

  bool leads_somewhere(const std::string& candidate, std::string_view key) const {
    const ConfigMember* member = value_.find(key);
    if (!member) return false;
    const auto found = [&](const ConfigValue& each) {
      if (!each.is_text() || each.anchored) return false;
      std::string path = normalize_path(join_path(candidate, each.text));
      path = path.substr(0, path.find_first_of("*{?["));
      if (path.ends_with('/')) path.pop_back();
      Tree& tree = modules_.tree();
      return tree.inside(path) && (tree.has_file(path) || tree.files().is_directory(path));
    };
    const ConfigValue& value = member->value;
    return found(value) || std::any_of(value.items.begin(), value.items.end(), found);
  }

  std::string path_of(const ConfigValue& value) const {
    return value.anchored ? value.text : normalize_path(join_path(out_.base, value.text));
  }

  void read_out() {
    const ConfigMember* out = value_.find("out");
    if (out) {
      out_.out_span = out->key;
      if (!out->value.is_text()) return;
      out_.out = out->value.text;
      out_.out_written = true;
      out_.out_folder = path_of(out->value);
    } else {
      if (!value_.complete) return;
      out_.out = default_out;
      out_.out_folder = normalize_path(join_path(out_.base, out_.out));
    }
    Tree& tree = modules_.tree();
    if (!tree.inside(out_.out_folder)) {
      out_.out_folder.clear();
      return;
    }
    out_.out_exists = tree.files().is_directory(out_.out_folder);
    out_.out_ignored = !out_.out_exists && tree.ignored_here_or_above(out_.out_folder, true);
  }

  void read_migrations() {
    const ConfigMember* migrations = value_.find("migrations");
    if (!migrations) return;
    const auto text = [&](std::string_view key, std::string& out) -> const ConfigMember* {
      const ConfigMember* member = migrations->value.find(key);
      if (!member || !member->value.is_text()) return nullptr;
      out = member->value.text;
      return member;
    };
    if (const ConfigMember* prefix = text("prefix", out_.prefix)) out_.prefix_span = prefix->key;
    text("schema", out_.record.schema);
    text("table", out_.record.name);
  }

  void read_schema() {
    const ConfigMember* schema = value_.find("schema");
    if (!schema) return;
    out_.schema_span = schema->key;
    const ConfigValue& value = schema->value;
    const auto add = [&](const ConfigValue& each) {
      if (!each.is_text()) return false;
      DrizzleSchemaPath& path = out_.schema.emplace_back();
      path.text = each.anchored ? relative_to(out_.base, each.text) : each.text;
      path.span = schema->key;
      return true;
    };
    if (value.kind != Kind::list) {
      out_.schema_known = add(value);
      return;
    }
    out_.schema_known = value.complete && !value.items.empty();
    for (const ConfigValue& each : value.items) out_.schema_known &= add(each);
  }

  // ---- Credentials

  void read_credentials() {
    for (const std::string_view key : {"dbCredentials", "connectionString"}) {
      const ConfigMember* member = value_.find(key);
      if (!member) continue;
      if (member->value.kind != Kind::object) {
        read_url(*member);
        continue;
      }
      for (const std::string_view url : {"url", "connectionString", "uri"}) {
        if (const ConfigMember* each = member->value.find(url)) read_url(*each);
      }
      read_parts(member->value);
    }
  }

  void read_url(const ConfigMember& url) {
    const bool fallback = url.value.kind == Kind::fallback;
    if (!url.value.is_text() && !fallback) return;
    const auto address = address_of(url.value.text);
    if (!address) return;
    out_.address = address;
    out_.address->source = out_.source;
    out_.address->span = url.key;
    out_.address->place = url.value.variable;
    const std::string masked = masked_url(url.value.text);
    if (masked.empty()) return;
    out_.secrets.push_back({url.key, masked, fallback, is_local(address->host)});
  }

  // host, port, user, password and database one by one
  void read_parts(const ConfigValue& parts) {
    const auto text = [&](std::string_view key) {
      const ConfigMember* member = parts.find(key);
      const bool known =
          member && (member->value.is_text() || member->value.kind == Kind::fallback);
      return known ? member->value.text : std::string();
    };
    for (const std::string_view key : {"password", "authToken"}) {
      const ConfigMember* member = parts.find(key);
      const bool fallback = member && member->value.kind == Kind::fallback;
      if (!member || (!member->value.is_text() && !fallback) || member->value.text.empty()) {
        continue;
      }
      out_.secrets.push_back({member->key, std::string(mask), fallback,
                              key == "password" && parts.find("host") && is_local(text("host"))});
    }
    const ConfigMember* host = parts.find("host");
    if (out_.address || !host || !host->value.is_text()) return;
    out_.address =
        DatabaseAddress{text("host"), text("port"), text("database"), out_.source, host->key, {}};
  }

  Modules& modules_;
  DrizzleConfig& out_;
  const ConfigValue& value_;
};

// The nearest folder with a package.json, not above `root`; the folder itself where there is none.
std::string node_package_of(Tree& tree, const std::string& folder, const std::string& root) {
  for (std::string at = folder; is_below(at, root); at = parent_path(at)) {
    if (tree.folder(at).has_file("package.json")) return at;
    if (at == root) break;
  }
  return folder;
}

}  // namespace

std::string schema_path(const DrizzleConfig& config, const DrizzleSchemaPath& path) {
  return normalize_path(join_path(config.base, path.text));
}

Dialect dialect_of(const DrizzleConfig& config) {
  return config.dialect.empty() ? Dialect::other : drizzle_dialect(config.dialect);
}

std::optional<DatabaseAddress> address_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return std::nullopt;
  std::string_view rest = url.substr(scheme + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view server = rest.substr(0, end);
  rest.remove_prefix(end);
  if (const std::size_t at = server.rfind('@'); at != server.npos) server.remove_prefix(at + 1);
  DatabaseAddress out;
  const std::size_t colon = server.find(':', server.starts_with('[') ? server.find(']') : 0);
  out.host = server.substr(0, colon);
  if (colon != server.npos) out.port = server.substr(colon + 1);
  if (rest.starts_with('/')) out.database = rest.substr(1, rest.find_first_of("?#") - 1);
  const bool postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
  if (out.port.empty() && postgres) out.port = "5432";
  return out;
}

std::vector<DrizzleConfig> read_drizzle_configs(Modules& modules,
                                                const std::vector<std::string>& folders,
                                                const std::string& root) {
  std::vector<DrizzleConfig> out;
  Tree& tree = modules.tree();
  for (const std::string& folder : folders) {
    for (const std::string& name : tree.folder(folder).files) {
      if (!is_config_name(name) && !may_be_config(tree, folder, name)) continue;
      const std::string path = join_path(folder, name);
      const ConfigValue value = read_value(modules, path);
      const bool drizzle = value.find("schema") || value.find("out") || value.find("dialect") ||
                           value.find("dbCredentials");
      if (value.kind != Kind::object || !drizzle) continue;
      DrizzleConfig& config = out.emplace_back();
      config.source = tree.read(path);
      config.package = node_package_of(tree, folder, root);
      Reader(modules, config, value).read(root);
    }
  }
  std::sort(out.begin(), out.end(), [](const DrizzleConfig& a, const DrizzleConfig& b) {
    return a.source->path < b.source->path;
  });
  return out;
}

}  // namespace migguard::project
