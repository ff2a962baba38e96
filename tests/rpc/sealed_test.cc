#include "vault/rpc/sealed.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

v1::SealedValue Value(std::size_t box, std::size_t key) {
  v1::SealedValue value;
  value.set_box(std::string(box, 'b'));
  value.set_server_key(std::string(key, 'k'));
  return value;
}

TEST(SealedValue, IsTakenUpToEightyKibibytes) {
  const auto boxed = BoxedFrom(Value(80 * 1024, 32), "value");
  ASSERT_TRUE(boxed.ok());
  EXPECT_EQ(boxed->box.size(), 80u * 1024);
  EXPECT_EQ(boxed->server_key, Bytes(32, 'k'));
}

TEST(SealedValue, OfTheWrongSizeIsRefused) {
  EXPECT_EQ(FieldOf(BoxedFrom(Value(80 * 1024 + 1, 32), "value").status()), "value");
  EXPECT_EQ(FieldOf(BoxedFrom(Value(0, 32), "value").status()), "value");
  EXPECT_EQ(FieldOf(BoxedFrom(Value(100, 31), "value").status()), "value");
  EXPECT_EQ(FieldOf(BoxedFrom(Value(100, 0), "components[0].values[1]").status()), "components[0].values[1]");
}

}  // namespace
}  // namespace holdfast::rpc
