#include "format/merged_schema.h"

#include <gtest/gtest.h>

namespace af {
namespace {

DType list_of(DType child) {
  DType list(TypeId::kList);
  list.child = std::make_shared<const DType>(std::move(child));
  return list;
}

std::optional<DType> both(TypeId a, TypeId b) {
  std::optional<DType> result = widened(DType(a), DType(b));
  EXPECT_EQ(result, widened(DType(b), DType(a)));
  EXPECT_EQ(result.has_value(), widened(AttributeType{a, true}, AttributeType{b, true}).has_value());
  return result;
}

TEST(Widening, NumbersTakeATypeThatHoldsBoth) {
  EXPECT_EQ(both(TypeId::kInt8, TypeId::kInt32), TypeId::kInt32);
  EXPECT_EQ(both(TypeId::kUInt8, TypeId::kUInt64), TypeId::kUInt64);
  EXPECT_EQ(both(TypeId::kInt8, TypeId::kUInt8), TypeId::kInt16);
  EXPECT_EQ(both(TypeId::kInt64, TypeId::kUInt8), TypeId::kInt64);
  EXPECT_EQ(both(TypeId::kInt8, TypeId::kUInt32), TypeId::kInt64);
  EXPECT_EQ(both(TypeId::kInt8, TypeId::kUInt64), TypeId::kInt64);
  EXPECT_EQ(both(TypeId::kFloat32, TypeId::kInt16), TypeId::kFloat32);
  EXPECT_EQ(both(TypeId::kFloat32, TypeId::kUInt16), TypeId::kFloat32);
  EXPECT_EQ(both(TypeId::kFloat32, TypeId::kInt32), TypeId::kFloat64);
  EXPECT_EQ(both(TypeId::kFloat32, TypeId::kFloat64), TypeId::kFloat64);
  EXPECT_EQ(both(TypeId::kFloat64, TypeId::kInt8), TypeId::kFloat64);
}

TEST(Widening, FewOthersGoTogether) {
  EXPECT_EQ(both(TypeId::kString, TypeId::kTimestampNs), TypeId::kString);
  EXPECT_EQ(both(TypeId::kBinary, TypeId::kBinary), TypeId::kBinary);
  EXPECT_EQ(both(TypeId::kBool, TypeId::kUInt8), std::nullopt);
  EXPECT_EQ(both(TypeId::kString, TypeId::kBinary), std::nullopt);
  EXPECT_EQ(both(TypeId::kString, TypeId::kInt8), std::nullopt);
  EXPECT_EQ(both(TypeId::kTimestampNs, TypeId::kInt64), std::nullopt);
}

TEST(Widening, ListsGoByTheirElements) {
  EXPECT_EQ(widened(list_of(TypeId::kInt8), list_of(TypeId::kFloat32)), list_of(TypeId::kFloat32));
  EXPECT_EQ(widened(list_of(list_of(TypeId::kInt8)), list_of(list_of(TypeId::kUInt8))),
            list_of(list_of(TypeId::kInt16)));
  EXPECT_EQ(widened(list_of(TypeId::kInt8), list_of(TypeId::kString)), std::nullopt);
  EXPECT_EQ(widened(list_of(TypeId::kInt8), DType(TypeId::kInt8)), std::nullopt);
  DType two = list_of(TypeId::kInt8), three = two;
  two.id = three.id = TypeId::kFixedSizeList;
  two.list_size = 2;
  three.list_size = 3;
  EXPECT_EQ(widened(two, two), two);
  EXPECT_EQ(widened(two, three), std::nullopt);
  EXPECT_EQ(widened(AttributeType{TypeId::kInt8, true}, AttributeType{TypeId::kInt8, false}), std::nullopt);
}

VariableSchema variable(const char* name, TypeId type, const char* dimension) {
  return {name, type, {2}, {2}, {dimension}, StoreCodec::kZstd};
}

TEST(MergedSchema, DescribesWhatAllDatasetsDeclare) {
  StoreMetadata store;
  DatasetSchema first;
  first.variables = {variable("temp", TypeId::kInt16, "x"), variable("name", TypeId::kString, "y")};
  first.attributes = {{"month", {TypeId::kInt8, false}}};
  first.variable_attributes = {{"temp", {{"units", {TypeId::kTimestampNs, false}}}},
                               {"gone", {{"k", {TypeId::kInt8, false}}}}};
  DatasetSchema second;
  second.variables = {variable("depth", TypeId::kInt64, "z"), variable("temp", TypeId::kFloat32, "other"),
                      variable("name", TypeId::kBool, "y")};
  second.attributes = {{"label", {TypeId::kString, false}}, {"month", {TypeId::kUInt8, false}}};
  second.variable_attributes = {
      {"temp", {{"range", {TypeId::kFloat32, true}}, {"units", {TypeId::kString, false}}}}};
  DatasetSchema third;
  third.attributes = {{"unseen", {TypeId::kBool, false}}};
  store.datasets.append("a", store.schemas.intern(first));
  store.datasets.append("b", store.schemas.intern(third));
  store.datasets.append("c", store.schemas.intern(second));
  store.datasets.set_deleted(1, true);

  MergedSchema merged = merged_schema(store);
  ASSERT_EQ(merged.variables.size(), 3u);
  EXPECT_EQ(merged.variables[0].name, "temp");
  EXPECT_EQ(merged.variables[0].dtype, TypeId::kFloat32);
  EXPECT_EQ(merged.variables[0].dimension_names, std::vector<std::string>{"x"});
  EXPECT_EQ(merged.variables[0].attributes,
            (std::vector<AttributeDeclaration>{{"units", {TypeId::kString, false}},
                                               {"range", {TypeId::kFloat32, true}}}));
  EXPECT_EQ(merged.variables[1].dtype, TypeId::kString) << "what does not go together keeps the first type";
  EXPECT_EQ(merged.variables[2].name, "depth");
  EXPECT_EQ(merged.attributes, (std::vector<AttributeDeclaration>{{"month", {TypeId::kInt16, false}},
                                                                  {"label", {TypeId::kString, false}}}));
}

}  // namespace
}  // namespace af
