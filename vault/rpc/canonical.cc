#include "vault/rpc/canonical.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "holdfast/v1/sealed.pb.h"

namespace holdfast::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Bytes Serialize(const Message& message) {
  std::string text;
  {
    google::protobuf::io::StringOutputStream stream(&text);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return ToBytes(AsBytes(text));
}

void ClearByName(Message& message, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) message.GetReflection()->ClearField(&message, field);
  }
}

// How many there are still counts; what is in them is hashed after opening.
void ClearSealedValues(Message& message) {
  if (message.GetDescriptor() == v1::SealedValue::descriptor()) return message.Clear();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      ClearSealedValues(*reflection.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      ClearSealedValues(*reflection.MutableRepeatedMessage(&message, field, i));
  }
}

Bytes SerializeWithout(const Message& message, std::initializer_list<const char*> names) {
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  ClearByName(*copy, names);
  ClearSealedValues(*copy);
  return Serialize(*copy);
}

// Fields that hold ids and resource names, of a request and of the message in it.
constexpr std::string_view kNaming[] = {"name",    "parent", "account",   "account_id", "holder",
                                        "subject", "secret", "holder_id", "leaver",     "successor"};
constexpr std::size_t kMaxAbout = 500;

void AddNamed(const Message& message, int depth, std::string& about) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || about.size() >= kMaxAbout) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth == 0)
      AddNamed(reflection.GetMessage(message, field), depth + 1, about);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING ||
        std::ranges::find(kNaming, std::string_view(field->name())) == std::end(kNaming))
      continue;
    const std::string value = reflection.GetString(message, field);
    if (!value.empty())
      about.append(about.empty() ? "" : "; ").append(field->name()).append(": ").append(value);
  }
}

}  // namespace

std::string AboutOf(const Message& request) {
  std::string about;
  AddNamed(request, /*depth=*/0, about);
  if (about.size() > kMaxAbout) about.resize(kMaxAbout);
  return about;
}

Bytes CanonicalBody(const Message& request) {
  return SerializeWithout(request, {"request_id", "validate_only"});
}

Bytes CanonicalQuery(const Message& request) {
  return SerializeWithout(request, {"page_size", "page_token"});
}

}  // namespace holdfast::rpc
