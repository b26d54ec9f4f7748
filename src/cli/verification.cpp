#include <cli/terminal.hpp>
#include <cli/verification.hpp>

namespace migguard::cli {

Result<lint::Verification> run_histories(Project& project, const lint::Settings& settings,
                                         const Options& options, const Environment& environment,
                                         const std::string& database_url) {
  lint::VerifySettings verify;
  for (const std::string& path : options.data) {
    auto text = environment.files.read(path);
    if (!text) return text.error();
    verify.data.push_back(&project.files.emplace_back(path, *std::move(text)));
  }
  verify.database_url = database_url;
  verify.server_programs = options.server_bin;
  verify.pg_version = lint::server_version(settings, project);
  verify.from = options.from;

  ProgressMeter meter;
  const lint::VerifyEvents events{.step =
                                      [](void* whom, std::string_view what) {
                                        auto& shown = *static_cast<ProgressMeter*>(whom);
                                        if (shown.due())
                                          shown.show(cat("migguard: ", what, " ..."));
                                      },
                                  .whom = &meter};
  return environment.database->verify(project, verify, events);
}

}  // namespace migguard::cli
