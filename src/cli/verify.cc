// af verify: what is wrong with a stack, one line each.
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void print_text(Output& out, const af_report* report, const VerifyCommand& command, int64_t problems) {
  for (int64_t i = 0; i < af_report_count(report); i++)
    out.write(text_of(
        af_report_is_problem(report, i) ? "problem: " : "note: ", escaped(af_report_text(report, i)), "\n"));
  out.write(text_of(escaped(command.source.path), ": ",
                    problems == 0 ? std::string("no problems") : counted(problems, "problem"), "\n"));
  if (!command.repaired.empty()) out.write(text_of(escaped(command.repaired), ": holds all that is sound\n"));
}

void print_json(Output& out, const af_report* report, const VerifyCommand& command, int64_t problems) {
  JsonWriter json(out);
  json.begin_object();
  json.member("path", command.source.path);
  if (!command.repaired.empty()) json.member("repaired", command.repaired);
  json.member("problems", problems);
  json.key("findings");
  json.begin_array();
  for (int64_t i = 0; i < af_report_count(report); i++) {
    json.begin_object();
    json.member("problem", af_report_is_problem(report, i) != 0);
    json.member("text", af_report_text(report, i));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out.write("\n");
}

Report verified(const Source& source) {
  if (is_store(source.path)) return make<Report>(af_atlas_verify, open_store(source).get());
  const File file = open_stack(source);
  const Progress progress("verifying", file.get());
  return make<Report>(af_file_verify, file.get());
}

// The damaged stack may be one that cannot be opened.
Report repair(const std::string& path, const std::string& target) {
  if (is_store(path)) fail(kUsage, "--repair is for stacks");
  Progress progress("repairing");
  return make<Report>(af_file_repair, path.data(), length(path), target.data(), length(target),
                      static_cast<const af_file_options*>(nullptr), &Progress::report,
                      static_cast<void*>(&progress));
}

}  // namespace

ExitCode VerifyCommand::run() const {
  const Report report = repaired.empty() ? verified(source) : repair(source.path, repaired);
  int64_t problems = 0;
  for (int64_t i = 0; i < af_report_count(report.get()); i++)
    problems += af_report_is_problem(report.get(), i);
  Output out;
  json ? print_json(out, report.get(), *this, problems) : print_text(out, report.get(), *this, problems);
  out.finish();
  return problems == 0 ? kOk : kProblems;
}

}  // namespace af::cli
