"""Writes engine/io/lower_case_table.h: Unicode's one-to-one lower-case mappings as ranges."""
import unicodedata

LINES = """// Made by tools/unicode/lower_case.py from Unicode {version}.
#pragma once

#include <array>
#include <cstdint>

namespace diorama {{

// first, first + step, ..., last map to themselves + delta.
struct LowerCaseRange {{
  char32_t first, last;
  int32_t step, delta;
}};

inline constexpr std::array<LowerCaseRange, {count}> kLowerCaseRanges{{{{
{rows}
}}}};

}}  // namespace diorama"""


def longest_run(pairs, begin, step):
    end = begin
    delta = pairs[begin][1] - pairs[begin][0]
    while end + 1 < len(pairs) and pairs[end + 1] == (pairs[end][0] + step, pairs[end][0] + step + delta):
        end += 1
    return end


pairs = [(c, ord(chr(c).lower())) for c in range(0x110000) if len(chr(c).lower()) == 1 and chr(c).lower() != chr(c)]
rows, begin = [], 0
while begin < len(pairs):
    end, step = max((longest_run(pairs, begin, step), -step) for step in (1, 2))
    rows.append(f"{{{pairs[begin][0]:#x}, {pairs[end][0]:#x}, {-step}, {pairs[begin][1] - pairs[begin][0]}}},")
    begin = end + 1
print(LINES.format(version=unicodedata.unidata_version, count=len(rows), rows="\n".join(rows)))
