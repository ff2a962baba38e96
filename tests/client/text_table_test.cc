#include "client/text_table.h"

#include "gtest/gtest.h"

namespace holdfast::client {
namespace {

TEST(Printable, StopsTerminalEscapes) {
  EXPECT_EQ(Printable("a\x1b[31mb"), "a\ufffd[31mb");
  EXPECT_EQ(Printable("a\r\nb\tc"), "a\ufffd\ufffdb\ufffdc");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\ufffdb");
  EXPECT_EQ(Printable("\x7f"), "\ufffd");
  EXPECT_EQ(Printable("\u009b31m"), "\ufffd31m");  // CSI of C1
}

TEST(Printable, StopsTextThatReordersItself) {
  EXPECT_EQ(Printable("a\u202eb"), "a\ufffdb");
  EXPECT_EQ(Printable("a\u2066b\u2069"), "a\ufffdb\ufffd");
  EXPECT_EQ(Printable("a\u200fb"), "a\ufffdb");
}

TEST(Printable, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(Printable("a\xff"), "a\ufffd");
  EXPECT_EQ(Printable("\xe2\x82"), "\ufffd\ufffd");
}

TEST(Printable, KeepsTextOfAllLanguages) {
  for (const char* text : {"", "plain", "caf\u00e9", "公式アカウント", "حساب", "🚀 ok"})
    EXPECT_EQ(Printable(text), text);
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("caf\u00e9"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
  EXPECT_EQ(DisplayWidth("公式"), 4u);
  EXPECT_EQ(DisplayWidth("🚀"), 2u);
}

TEST(Table, AlignsColumnsByWidth) {
  EXPECT_EQ(FormatTable({{"ID", "NAME"}, {"a", "x"}, {"公式", ""}, {"long-id", "y"}}),
            "ID       NAME\n"
            "a        x\n"
            "公式     -\n"
            "long-id  y\n");
}

TEST(Table, LetsNoCellBreakOutOfItsLine) { EXPECT_EQ(FormatTable({{"A"}, {"x\ny"}}), "A\nx\ufffdy\n"); }

TEST(Table, ClipsLongCellsButTheLast) {
  const std::string x(300, 'x');
  EXPECT_EQ(FormatTable({{"A", "B"}, {x, x}}),
            "A" + std::string(49, ' ') + "B\n" + x.substr(0, 47) + "\u2026  " + x + "\n");
}

TEST(Table, TurnsIntoBlocksWhereItIsWiderThanTheTerminal) {
  const std::vector<std::vector<std::string>> rows = {
      {"ID", "NAME", "REASON"}, {"a", "x", "why"}, {"b", "", "so"}};
  EXPECT_EQ(FormatTable(rows, 16), FormatTable(rows));
  EXPECT_EQ(FormatTable(rows, 15),
            "ID:      a\nNAME:    x\nREASON:  why\n"
            "\n"
            "ID:      b\nREASON:  so\n");
  EXPECT_EQ(FormatTable({{"A LONG HEADER", "B"}}, 5), "A LONG HEADER  B\n");  // an empty list is its header
}

TEST(Clip, CountsColumnsAndCutsNoCharacter) {
  EXPECT_EQ(Clip("abcd", 4), "abcd");
  EXPECT_EQ(Clip("abcde", 4), "abc\u2026");
  EXPECT_EQ(Clip("公公公", 4), "公\u2026");
  EXPECT_EQ(Clip("", 4), "");
}

TEST(Fields, AlignValues) {
  EXPECT_EQ(FormatFields({{"a", "1"}, {"long", "2\n"}}), "a:     1\nlong:  2\ufffd\n");
}

}  // namespace
}  // namespace holdfast::client
