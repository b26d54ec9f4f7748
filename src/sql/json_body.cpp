// JSON keys in function bodies: what a body does is only defined, so nothing but its keys is told.
#include <sql/json_walk.hpp>

namespace migguard::sql {

void json_keys_of_body(const CreateFunctionStmt&, Lowering&) {}

}  // namespace migguard::sql
