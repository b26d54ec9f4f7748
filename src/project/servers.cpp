// Reads images and ports of services, and the URLs of example environments.
#include <algorithm>
#include <array>
#include <project/drizzle/config.hpp>
#include <project/runner_files.hpp>
#include <project/servers.hpp>
#include <project/yaml.hpp>
#include <set>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr int oldest_version = 12;
constexpr int newest_version = 18;  // known to migguard; later ones count as it
constexpr int newest_thinkable = 40;

std::optional<int> leading_number(std::string_view text) {
  int number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits++] - '0');
  }
  return digits == 0 ? std::nullopt : std::optional(number);
}

// `name:tag` apart; a registry may have a port of its own, a tag may be followed by a digest.
std::pair<std::string_view, std::string_view> split_image(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon == std::string_view::npos) return {image, {}};
  return {image.substr(0, colon), image.substr(colon + 1)};
}

bool is_postgres(std::string_view name) {
  constexpr std::array<std::string_view, 5> endings = {"postgres", "postgresql", "postgis",
                                                       "pgvector", "timescaledb"};
  const std::string_view last = file_name(name);
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return last == ending || last.ends_with(cat("-", ending)) || last == cat(ending, "-ha");
  });
}

// Calls `take(services, path)` for the services of compose files and of workflows' jobs.
template <class Take>
void for_each_services(Tree& tree, const std::vector<std::string>& folders, bool workflows,
                       Take take) {
  for (const std::string& folder : folders) {
    for (const std::string& name : tree.folder(folder).files) {
      const auto kind = runner_file_of(folder, name);
      if (kind != RunnerFile::compose && (kind != RunnerFile::workflow || !workflows)) continue;
      const std::string path = join_path(folder, name);
      const auto text = tree.peek(path);
      // Every image of PostgreSQL has these letters in its name, but for Timescale's.
      if (!text || (text->find("postg") == std::string::npos &&
                    text->find("pgvector") == std::string::npos &&
                    text->find("timescaledb") == std::string::npos)) {
        continue;
      }
      const auto document = parse_yaml(*text);
      if (!document) continue;
      if (const YamlNode* services = document->get("services")) take(*services, path);
      const YamlNode* jobs = document->get("jobs");
      if (!jobs) continue;
      for (const YamlMember& job : jobs->members) {
        if (const YamlNode* services = job.value.get("services")) take(*services, path);
      }
    }
  }
}

// The port on this machine of `5438:5432`, `127.0.0.1:5438:5432/tcp` and of the long form; none
// where the container's port is not PostgreSQL's.
std::optional<YamlNode> published_port(const YamlNode& port) {
  if (port.kind == YamlKind::mapping) {
    const YamlNode* published = port.get("published");
    const YamlNode* target = port.get("target");
    return published && target && target->value == "5432" ? std::optional(*published)
                                                          : std::nullopt;
  }
  std::string_view text = port.value;
  if (text.ends_with("/tcp")) text.remove_suffix(4);
  constexpr std::string_view target = ":5432";
  if (!text.ends_with(target)) return std::nullopt;
  text.remove_suffix(target.size());
  YamlNode out = port;
  // `${PORT:-5432}` holds a colon, too.
  const std::size_t colon = text.ends_with('}') ? text.npos : text.rfind(':');
  out.value = colon == text.npos ? text : text.substr(colon + 1);
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_example_environment(std::string_view name) {
  constexpr std::array<std::string_view, 5> endings = {".example", ".sample", ".template", ".dist",
                                                       ".defaults"};
  return name.starts_with(".env") &&
         std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
           return name.find(ending) != std::string_view::npos;
         });
}

// `DATABASE_URL=postgresql://...`, also with `export` and quotes.
void read_environment(const SourceFile& source, std::vector<DatabaseAddress>& out) {
  for (std::uint32_t number = 1; number <= source.line_count(); ++number) {
    std::string_view line = trim(source.line(number));
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() > 1 && (value[0] == '"' || value[0] == '\'')) {
      value = value.substr(1, value.find(value[0], 1) - 1);
    }
    if (!value.starts_with("postgres") || value.find('$') != value.npos) continue;
    auto address = address_of(value);
    if (!address) continue;
    address->source = &source;
    const auto begin = static_cast<std::uint32_t>(line.data() - source.text.data());
    address->span = {begin, begin + static_cast<std::uint32_t>(equals)};
    address->place = trim(line.substr(0, equals));
    out.push_back(*std::move(address));
  }
}

void read_service(const YamlMember& service, const SourceFile& source,
                  std::vector<DatabaseAddress>& out) {
  const YamlNode* image = service.value.get("image");
  const YamlNode* ports = service.value.get("ports");
  if (!image || !ports || !is_postgres(split_image(image->value).first)) return;
  for (const YamlNode& each : ports->items) {
    const auto port = published_port(each);
    if (!port) continue;
    DatabaseAddress address;
    address.host = "localhost";
    if (is_number(port->value)) address.port = port->value;
    address.source = &source;
    address.span = port->span;
    address.place = cat("service \"", service.key.value, "\"");
    out.push_back(std::move(address));
  }
}

}  // namespace

std::optional<int> image_version(std::string_view image) {
  const auto [name, tag] = split_image(image);
  if (!is_postgres(name)) return std::nullopt;
  const std::size_t pg = tag.rfind("pg");
  std::optional<int> version;
  if (pg != tag.npos) version = leading_number(tag.substr(pg + 2));
  // A tag of Timescale's own counts its own versions.
  if (!version && name.find("timescale") == name.npos) version = leading_number(tag);
  const bool sane = version && *version >= oldest_version && *version <= newest_thinkable;
  return sane ? std::optional(std::min(*version, newest_version)) : std::nullopt;
}

void read_server_version(Tree& tree, const std::vector<std::string>& folders, Project& project) {
  std::set<int> found;
  for_each_services(tree, folders, true, [&](const YamlNode& services, const std::string&) {
    for (const YamlMember& service : services.members) {
      const YamlNode* image = service.value.get("image");
      const auto version = image ? image_version(image->value) : std::nullopt;
      if (version) found.insert(*version);
    }
  });
  if (found.size() == 1) project.server_version = *found.begin();
}

std::vector<DatabaseAddress> read_addresses(Tree& tree, const std::vector<std::string>& folders) {
  std::vector<DatabaseAddress> out;
  for (const std::string& folder : folders) {
    for (const std::string& name : tree.folder(folder).files) {
      if (!is_example_environment(name)) continue;
      if (const SourceFile* source = tree.read(join_path(folder, name))) {
        read_environment(*source, out);
      }
    }
  }
  for_each_services(tree, folders, false, [&](const YamlNode& services, const std::string& path) {
    const SourceFile* source = tree.read(path);
    for (const YamlMember& service : services.members) {
      if (source) read_service(service, *source, out);
    }
  });
  return out;
}

}  // namespace migguard::project
