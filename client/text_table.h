// Text for terminals. Data comes from many hands: escape sequences and direction overrides in it must not
// reach a terminal, where they could rewrite what the reader sees.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::client {

// Replaces control characters, direction overrides and what is not UTF-8 by U+FFFD, one each.
std::string Printable(std::string_view text);

// Columns that a terminal needs for printable UTF-8: wide East Asian and emoji take two, marks none.
std::size_t DisplayWidth(std::string_view text);

// At most `columns` of printable UTF-8, the last of them an ellipsis when something was cut.
std::string Clip(const std::string& text, std::size_t columns);

// The first row is the header. Cells are made printable, clipped and padded; the last column is neither of
// the latter two. A table wider than `columns` (0: no bound) would wrap into soup: it becomes a block of
// "HEADER:  cell" lines for each row, empty cells left out.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows, std::size_t columns = 0);

// "name:  value" lines, aligned.
std::string FormatFields(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace holdfast::client
