// ALTER TYPE ... ADD VALUE without a place.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddEnumValue& op) {
  if (!op.neighbour.empty()) return;
  ctx.report(op,
             cat("the label '", op.value, "' of ", to_string(op.type), " sorts behind all others"))
      .because("labels sort in the order of the type, and their places cannot be changed later")
      .try_(cat("say where it belongs:\nALTER TYPE ", to_string(op.type), " ADD VALUE '", op.value,
                "' AFTER '...';"))
      .with("type", plain(op.type));
}

constexpr Example bad[] = {{"ALTER TYPE mood ADD VALUE 'sad';"},
                           {"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad';"}};
constexpr Example good[] = {{"ALTER TYPE mood ADD VALUE 'sad' AFTER 'ok';"},
                            {"ALTER TYPE mood ADD VALUE 'sad' BEFORE 'ok';"}};

}  // namespace

extern constexpr Rule enum_value_ordering{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "ADD VALUE without BEFORE or AFTER puts the label at the end of the order",
    .why = "ORDER BY, < and > follow the order of the labels.",
    .instead = "Write BEFORE or AFTER.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
