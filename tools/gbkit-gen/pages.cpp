// The two manual pages that are tables: gbkit-records(7) and gbkit-findings(7).
#include <fmt/format.h>

#include "base/finding.hpp"
#include "base/findings/remedies.hpp"
#include "base/text.hpp"
#include "cli/record.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/gbkit-gen/mdoc.hpp"

namespace gbkit::gen {

namespace {

constexpr std::string_view see_also =
    ".Sh SEE ALSO\n.Xr gb-digest 1 ,\n.Xr gb-register 1 ,\n.Xr pcap-replay 1 ,\n.Xr {} 7\n";

std::string head(std::string_view name, std::string_view what) {
    return fmt::format(".\\\" Written by gbkit-gen from the tables in the source; do not edit.\n"
                       ".Dd November 21, 2026\n.Dt {0} 7\n.Os\n.Sh NAME\n.Nm {1}\n.Nd {2}\n.Sh DESCRIPTION\n",
                       to_upper(name), name, what);
}

std::string_view kind_name(cli::FieldKind kind) noexcept {
    switch (kind) {
        case cli::FieldKind::text: return "text";
        case cli::FieldKind::integer: return "integer";
        case cli::FieldKind::number: return "number";
        case cli::FieldKind::boolean: return "boolean";
        case cli::FieldKind::time: return "time";
        case cli::FieldKind::text_list: return "list of text";
        case cli::FieldKind::object: break;
    }
    return "object of integers";
}

std::string record_section(const cli::RecordSchema& schema) {
    std::string text = fmt::format(".Ss {}\n{}.Bl -tag -width Ds\n", mdoc_word(schema.type), mdoc_text(schema.meaning));
    for (const cli::FieldSchema& field : schema.fields)
        text += fmt::format(".It Cm {} Pq {}{}\n{}", mdoc_word(field.name), kind_name(field.kind),
                            field.required ? "" : ", optional", mdoc_text(field.meaning));
    return text + ".El\n";
}

constexpr std::string_view records_introduction =
    R"(With
.Fl -json
(or
.Ev GBKIT_OUTPUT Ns = Ns Cm json
in the environment) the programs of the kit write records instead of a page, with
.Fl -records
besides it: one JSON object a line.
The first is
.Cm run ,
the last is
.Cm summary .
Every record starts with
.Cm type ,
.Cm tool
(the program that wrote it) and
.Cm time
(RFC 3339, UTC, microseconds, Z); the other fields follow in the order given here.
A field that has nothing to say is absent; it is never null.
Units stand in the names
.Pq rtt_ms ;
hexadecimal is lower case; integers stay below 2^53.
Text of devices is made UTF-8 and printable; where the exact bytes matter they travel as
.Cm raw_base64 .
Passwords given to a program never appear in its records.
Readers pass on types and fields that they do not know.
.Sh RECORDS
)";

constexpr std::string_view exit_status =
    R"(.Sh EXIT STATUS
The same in every program:
.Bl -tag -width Ds
.It 0
Yes; or whoever read the output has gone.
.It 1
The answer is no: refused, a mismatch, findings at
.Fl -fail-on .
.It 2
Usage.
.It 3
Bad input, or nothing in it to judge.
.It 4
Unreachable.
.It 5
Timeout.
.It 6
The peer broke the protocol.
.It 7
The system: permission, port in use, disk full.
.It 70
A bug of gbkit.
.It 130 , 143
Interrupted before the job was done.
.El
.Pp
Of several outcomes the first of 70, 7, 2, 3, 6, 1, 4, 5 counts.
)";

constexpr std::string_view findings_introduction =
    R"(A finding is something worth knowing about a conversation: what is wrong or unusual, how certain that is, and what
to do about it.
Its id never changes; it can be given to
.Fl -ignore .
Records of an earlier run, or lines of an id and (for that device only) its subject, make a file for
.Fl -baseline :
what is in it is told in one line and fails nothing.
What follows from it has to be in the file too; the records of a run hold both.
Severities:
.Cm error
(the job fails or data is lost because of it),
.Cm violation
(of a clause; the job may still work),
.Cm vendor
(a known habit of a make of device) and
.Cm info .
.Pp
Words in braces are filled in from what was seen.
Below them stands where to do it, as far as it is known: the menu of a make of device, the key of a platform.
Menus differ with firmware.
Of a finding that is only likely or possible the page says that the advice may help.
Findings that follow from another one are not shown as causes.
.Sh FINDINGS
)";

std::string remedies_of(FindingId id) {
    std::string items;
    for (const Remedy& remedy : remedies())
        if (remedy.finding == id)
            for (const Language language : {Language::english, Language::chinese}) items += ".It\n" + mdoc_text(text_of(remedy, language));
    return items.empty() ? items : ".Bl -bullet -compact\n" + items + ".El\n";
}

std::string finding_section(const FindingInfo& info) {
    std::string text = fmt::format(".Ss {}\n{}", mdoc_word(info.id.slug), fmt::format(".Em {}", name_of(info.severity)));
    text += info.clause.empty() ? "\n" : fmt::format(" ,\n{}\n", info.clause);
    text += ".Pp\n" + mdoc_text(info.message.english) + mdoc_text(info.advice.english);
    text += ".Pp\n" + mdoc_text(info.message.chinese) + mdoc_text(info.advice.chinese);
    text += remedies_of(info.id);
    std::vector<std::string> ids;
    for (const FindingId id : info.implies) ids.emplace_back(id.slug);
    return ids.empty() ? text : text + ".Pp\n" + mdoc_text("Implies " + join(ids, ", "));
}

}  // namespace

std::string records_page() {
    std::string page = head("gbkit-records", "JSON Lines records and exit codes of the gbkit programs") + std::string(records_introduction);
    for (const cli::RecordSchema& schema : cli::record_schemas()) page += record_section(schema);
    return page + std::string(exit_status) + fmt::format(fmt::runtime(see_also), "gbkit-findings");
}

std::string findings_page() {
    std::string page = head("gbkit-findings", "what the gbkit programs have to say about a conversation") + std::string(findings_introduction);
    for (const FindingInfo& info : finding_catalogue()) page += finding_section(info);
    return page + fmt::format(fmt::runtime(see_also), "gbkit-records");
}

}  // namespace gbkit::gen
