// The rules that hold whatever a policy says. They are written in the language of policies, so that whoever can
// read those can read these, but they are part of the program: no file can loosen them.
#pragma once

#include <string_view>

#include "vault/policy/document.h"

namespace holdfast::policy {

// As text, in the format of policies.
std::string_view FloorText();
// As rules. Aborts when the text has a problem: without its floor a program must not decide anything.
const Document& Floor();

}  // namespace holdfast::policy
