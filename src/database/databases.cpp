#include <database/databases.hpp>
#include <database/look.hpp>

#include <algorithm>

namespace migguard::database {
namespace {

std::optional<Error> refuse_unless_empty(const Address& address) {
  auto connection = Connection::open(address);
  if (!connection) return connection.error();
  const auto live = look(*connection);
  if (!live) return live.error();
  std::string found;
  const auto& schema = live->schema;
  if (!schema.relations.empty()) {
    found = cat("the relation ", quote_identifier(schema.relations.front().schema), '.',
                quote_identifier(schema.relations.front().name));
  } else if (!live->facts.applied.empty()) {
    found = cat("the table ", live->facts.applied.front().name);
  } else if (!schema.types.empty()) {
    found = cat("the type ", quote_identifier(schema.types.front().name));
  } else if (!schema.functions.empty()) {
    found = cat("the function ", quote_identifier(schema.functions.front().name));
  } else {
    for (const std::string& each : schema.schemas) {
      if (each != "public") found = cat("the schema ", quote_identifier(each));
    }
  }
  if (found.empty()) return std::nullopt;
  return Error{cat(address.shown(), " is not empty: it holds ", found,
                   "; verify runs every migration, so it takes an empty database only (CREATE "
                   "DATABASE migguard_verify;), or none, and then a temporary server")};
}

}  // namespace

Result<Opened> Databases::fresh() { return server_ ? fresh_temporary() : given(); }

Result<Opened> Databases::fresh_temporary() {
  auto superuser = Session::open(server_->superuser("postgres"));
  if (!superuser) return superuser.error();
  if (!last_.empty()) {
    // What migrations made outside of their database, too.
    const auto databases = superuser->query(
        "SELECT quote_ident(datname) FROM pg_database WHERE NOT datistemplate AND datname <> "
        "'postgres'");
    if (!databases) return databases.error();
    for (std::size_t row = 0; row < databases->rows.size(); ++row)
      superuser->run(cat("DROP DATABASE ", databases->text(row, 0), " WITH (FORCE)"));
    const auto roles = superuser->query(
        "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname NOT IN ('postgres', 'migguard') "
        "AND rolname NOT LIKE 'pg\\_%'");
    if (!roles) return roles.error();
    for (std::size_t row = 0; row < roles->rows.size(); ++row)
      superuser->run(cat("DROP ROLE ", roles->text(row, 0)));
    superuser->run("ALTER ROLE postgres RESET ALL");
    superuser->run(cat("ALTER ROLE postgres ", server_->owner_attributes()));
  }
  last_ = cat("verify_", ++made_);
  const auto made = superuser->run(cat("CREATE DATABASE ", last_, " OWNER postgres"));
  if (!made) return Error{cat("no database can be made: ", made.refused->text)};
  const Address as_watcher = server_->superuser(last_);
  auto watcher = Session::open(as_watcher);
  if (!watcher) return watcher.error();
  // Names and operators in our questions must not lead to what migrations make: a superuser asks.
  watcher->run("SELECT pg_catalog.set_config('search_path', '', false)");
  const Address as_owner = server_->owner(last_);
  auto session = Session::open(as_owner);
  if (!session) return session.error();
  return Opened{*std::move(session), *std::move(watcher), {}, as_owner, as_watcher, true};
}

Result<Opened> Databases::given() {
  if (made_++ > 0) return Error{cat(address_->shown(), " is not empty any more")};
  if (auto error = refuse_unless_empty(*address_)) return *std::move(error);
  auto session = Session::open(*address_);
  if (!session) return session.error();
  Opened opened{*std::move(session), std::nullopt, {}, *address_, *address_, false};
  auto watcher = Session::open(*address_);
  if (watcher) {
    watcher->run("SELECT pg_catalog.set_config('search_path', '', false)");
    opened.watcher = *std::move(watcher);
  } else {
    opened.no_watcher = watcher.error().message;
  }
  return opened;
}

}  // namespace migguard::database
