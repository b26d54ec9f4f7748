// What a refusal means for the history it stands in, and how to go on.
#pragma once

#include <database/applier.hpp>
#include <migguard/project.hpp>
#include <string>

namespace migguard::database {

// What is left of the run, as the tool leaves it; one sentence.
std::string state_after(const History& history, const Migration& migration);
// What to do; one imperative, with commands on lines of their own. `temporary`: the server is ours.
std::string advice(const History& history, const Refusal& refusal, bool temporary);

}  // namespace migguard::database
