// The JSON schema of migguard.json, for editors: docs/migguard.schema.json is what this writes.
#pragma once

#include <string>

namespace migguard::cli {

// Draft 7, which editors know. Every rule, family, option and tool that is compiled in, by name.
std::string config_schema();

}  // namespace migguard::cli
