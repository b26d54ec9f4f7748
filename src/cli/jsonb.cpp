// `migguard jsonb`: chooses the subcommand, reads the configuration for all of them.
#include <cli/config.hpp>
#include <cli/jsonb.hpp>
#include <util/text.hpp>

#include <array>

namespace migguard::cli {
namespace {

struct Subcommand {
  std::string_view name;
  Result<Answer> (*run)(const Options& options, const Environment& environment);
};

constexpr Subcommand subcommands[] = {
    {"classify", &jsonb_classify},
};

constexpr std::array<std::string_view, 1> formats{"json"};

Result<Answer> run_jsonb(const Options& options, const Environment& environment) {
  const std::string& name = options.arguments.front();
  std::vector<std::string_view> names;
  for (const Subcommand& each : subcommands) {
    if (each.name == name) return each.run(options, environment);
    names.push_back(each.name);
  }
  return Error{cat("`migguard jsonb` knows no `", name, "`", suggestion(name, names))};
}

}  // namespace

std::span<const std::string> jsonb_arguments(const Options& options) {
  return std::span(options.arguments).subspan(1);
}

Result<JsonbSettings> jsonb_settings(const Options& options, const Environment& environment) {
  const std::string path =
      options.config.empty() ? find_config(".", environment.files) : options.config;
  if (path.empty()) return JsonbSettings{};
  auto text = environment.files.read(path);
  if (!text) return text.error();
  auto config = read_config(path, *std::move(text));
  if (!config) return config.error();
  return std::move(config->jsonb);
}

const Command jsonb_command{
    .name = "jsonb",
    .arguments = "classify",
    .min_arguments = 1,
    .summary = "keep money out of JSON columns",
    .description =
        "The JSONB guard outside migrations. `classify` reads keys from standard input, a JSON "
        "object a line, and answers for each whether it holds money, how sure that is, and why.",
    .examples = R"(
echo '{"key": "unitPrice", "path": "items[0].unitPrice", "value": 12.5}' | migguard jsonb classify
)",
    .flags = flags_output | flags_config,
    .formats = formats,
    .run = run_jsonb,
};

}  // namespace migguard::cli
