#include "cli/help_pages.h"

#include <arrayformat/arrayformat.h>

#include "cli/failure.h"
#include "cli/text.h"

namespace af::cli {
namespace {

// Text as man(7) wants it: no dash is a hyphen, no line begins with a dot or an apostrophe.
std::string roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += text_of("\\&", std::string(1, c));
    else
      out += c;
  }
  return out;
}

std::string tag_of(const OptionHelp& option) {
  std::string tag;
  for (const std::string& name : option.names)
    tag += text_of(tag.empty() ? "" : ", ", "\\fB", roff(name), "\\fR");
  if (!option.value.empty()) tag += text_of(tag.empty() ? "" : " ", "\\fI", roff(option.value), "\\fR");
  return tag;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += text_of(out.empty() ? "" : " ", word);
  return out;
}

std::vector<std::string> names_of(const std::vector<CommandHelp>& commands) {
  std::vector<std::string> names;
  for (const CommandHelp& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> options_of(const CommandHelp& command) {
  std::vector<std::string> names;
  for (const OptionHelp& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::string bash_script(const std::vector<CommandHelp>& commands) {
  std::string cases;
  for (const CommandHelp& command : commands)
    cases += text_of("    ", command.name, ") words='", joined(options_of(command)), "' ;;\n");
  return text_of(
      "_af() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '",
      joined(names_of(commands)),
      " --help --version' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]} in\n",
      cases,
      "  esac\n"
      "  case $word in\n"
      "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
      "  esac\n"
      "}\n"
      "complete -o filenames -F _af af\n");
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_script(const std::vector<CommandHelp>& commands) {
  std::string out;
  for (const CommandHelp& command : commands) {
    out += text_of("complete -c af -n __fish_use_subcommand -a ", command.name, " -d ",
                   fish_quoted(command.description), "\n");
    for (const OptionHelp& option : command.options) {
      if (option.names.empty()) continue;
      out += text_of("complete -c af -n '__fish_seen_subcommand_from ", command.name, "'");
      for (const std::string& name : option.names)
        out += name.starts_with("--") ? text_of(" -l ", name.substr(2)) : text_of(" -s ", name.substr(1));
      out += text_of(option.value.empty() ? "" : " -r", " -d ", fish_quoted(option.description), "\n");
    }
  }
  return out;
}

}  // namespace

std::string manual_page(const CommandHelp& command, std::string_view exit_codes) {
  std::string usage, arguments, options;
  for (const OptionHelp& option : command.options) {
    const std::string entry = text_of(".TP\n", tag_of(option), "\n", roff(option.description), "\n");
    if (option.names.empty()) usage += text_of(" \\fI", roff(option.value), "\\fR");
    (option.names.empty() ? arguments : options) += entry;
  }
  return text_of(".TH AF\\-", roff(command.name), " 1 \"\" \"af ", af_version_text(), "\"\n.SH NAME\naf\\-",
                 roff(command.name), " \\- ", roff(command.description), "\n.SH SYNOPSIS\n.B af ",
                 roff(command.name), "\n[\\fIOPTIONS\\fR]", usage, "\n.SH ARGUMENTS\n", arguments,
                 ".SH OPTIONS\n", options, ".SH EXIT STATUS\n.nf\n", roff(exit_codes),
                 ".fi\n.SH SEE ALSO\n.BR af (1)\n");
}

std::string completion_script(std::string_view shell, const std::vector<CommandHelp>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return text_of("autoload -U +X bashcompinit && bashcompinit\n", bash_script(commands));
  if (shell == "fish") return fish_script(commands);
  fail(kUsage, "completion: expected bash, zsh or fish, found ", in_quotes(shell));
}

}  // namespace af::cli
