#include "store/credentials/aws_profile.h"

namespace af {
namespace {

// Takes the settings of one section that are not there yet. Answers whether the file has the section.
bool read_section(std::string_view text, std::string_view section,
                  std::map<std::string, std::string>& settings) {
  bool inside = false, found = false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    bool is_nested = line.starts_with(' ') || line.starts_with('\t');
    line = trimmed(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      inside = trimmed(line.substr(1, line.find(']') - 1)) == section;
      found |= inside;
    } else if (size_t equals = line.find('='); inside && !is_nested && equals != std::string_view::npos) {
      std::string_view value = line.substr(equals + 1);
      settings.try_emplace(lower_case(trimmed(line.substr(0, equals))),
                           trimmed(value.substr(0, value.find(" #"))));
    }
  }
  return found;
}

std::string path_of(const Outside& outside, const char* variable, const char* usual) {
  std::string path = outside.variable(variable);
  return path.empty() ? home_path(outside, usual) : path;
}

}  // namespace

AwsProfile AwsProfile::load(const Outside& outside, const std::string& name) {
  AwsProfile profile;
  profile.name_ = name.empty() ? first_variable(outside, {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) : name;
  bool is_named = !profile.name_.empty();
  if (!is_named) profile.name_ = "default";
  std::string credentials = path_of(outside, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
  std::string config = path_of(outside, "AWS_CONFIG_FILE", ".aws/config");
  bool found = false;
  if (std::optional<std::string> text = outside.file(credentials))
    found |= read_section(*text, profile.name_, profile.settings_);
  if (std::optional<std::string> text = outside.file(config)) {
    found |= read_section(*text, "profile " + profile.name_, profile.settings_);
    if (profile.name_ == "default") found |= read_section(*text, "default", profile.settings_);
  }
  if (is_named && !found)
    fail(Status::kUnauthenticated, "S3: profile ", quoted(profile.name_), " is neither in ",
         quoted(credentials), " nor in ", quoted(config));
  return profile;
}

std::string AwsProfile::operator[](const std::string& setting) const {
  auto at = settings_.find(setting);
  return at == settings_.end() ? "" : at->second;
}

}  // namespace af
