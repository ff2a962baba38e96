// The one definition of the two halves of "this exposure has ended" (exposure_store.h), as SQL over e
// (exposure) and p (holder of e; only p.person is read).
#pragma once

#include <string_view>

namespace holdfast::storage {

// A retirement by nobody on record counts for nothing.
inline constexpr std::string_view kRetiredByAnother =
    "EXISTS (SELECT 1 FROM secret_version v JOIN holder r ON r.id = v.retired_by"
    " WHERE v.secret_id = e.secret_id AND v.version = e.version AND v.retired_at IS NOT NULL AND r.person <> "
    "p.person)";
// A later version with a value that the person saw under another number is no replacement.
inline constexpr std::string_view kFreshExists =
    "EXISTS (SELECT 1 FROM secret_version w WHERE w.secret_id = e.secret_id AND w.version > e.version"
    " AND NOT EXISTS (SELECT 1 FROM exposure x JOIN holder y ON y.id = x.holder_id"
    " JOIN secret_version z ON z.secret_id = x.secret_id AND z.version = x.version"
    " WHERE x.secret_id = w.secret_id AND z.value_mac = w.value_mac AND y.person = p.person))";

}  // namespace holdfast::storage
