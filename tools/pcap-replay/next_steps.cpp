#include "next_steps.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::DialogStory;
using proto::observe::RtpSource;

constexpr std::size_t most_files = 8, most_commands = 2;

/// As a shell reads it back: quoted when there is anything in it that means something to one.
std::string quoted(const std::string& text) {
    const bool plain = !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@+=,%") == std::string::npos;
    return plain ? text : "'" + replace_all(text, "'", "'\\''") + "'";
}

class NextSteps {
public:
    NextSteps(const PageFacts& facts, const Devices& devices, const std::vector<cli::Cause>& causes, const PageChoice& choice)
        : facts_(facts), devices_(devices), causes_(causes), choice_(choice) {
        for (const std::string& file : choice.files) files_ += ' ' + quoted(file.starts_with('-') ? "./" + file : file);
    }

    std::vector<std::string> commands() const {
        std::vector<std::string> all{about(causes_.front().finding), look_at_video(), "pcap-replay sanitize" + files_ + " -o share.pcapng"};
        all.erase(std::remove(all.begin(), all.end(), std::string()), all.end());
        all.resize(std::min(all.size(), most_commands));
        return all;
    }

private:
    /// The call, or the device, that the finding is about; when the page shows just that, its messages.
    std::string about(const Finding& finding) const {
        if (printable(finding.subject) != finding.subject) return {};   // nothing to be pasted
        const std::vector<const DialogStory*>& dialogs = facts_.totals.plays.dialogs;
        const auto call = std::find_if(dialogs.begin(), dialogs.end(), [&](const DialogStory* dialog) { return dialog->callee == finding.subject; });
        if (call != dialogs.end() && finding.id.slug.starts_with("dialog-")) {
            const bool shown = dialogs.size() == 1 || !choice_.play.empty();
            if (!shown) return "pcap-replay inspect" + files_ + " --play " + quoted(finding.subject);
            return printable((*call)->call_id) == (*call)->call_id ? "pcap-replay extract" + files_ + " --call " + quoted((*call)->call_id) : std::string();
        }
        const std::string& device = devices_.of(finding.subject);
        if (!devices_.knows(device)) return {};
        if (!choice_.device.empty() || devices_.all().size() < 2) return "pcap-replay extract" + files_ + " --device " + quoted(device);
        return "pcap-replay inspect" + files_ + " --device " + quoted(device) + " --ladder";
    }

    /// When something is wrong with a stream that has a picture.
    std::string look_at_video() const {
        const auto media = [](const cli::Cause& cause) {
            return cause.finding.id.slug.starts_with("ps-") || cause.finding.id.slug.starts_with("media-") || cause.finding.id.slug.starts_with("rtp-");
        };
        const std::vector<RtpSource>& sources = facts_.totals.plays.sources;
        const bool one = sources.size() == 1 && sources.front().stream != nullptr && sources.front().stream->frames > 0;
        if (!one || std::none_of(causes_.begin(), causes_.end(), media)) return {};
        return "pcap-replay extract" + files_ + " --stream video | ffplay -";
    }

    const PageFacts& facts_;
    const Devices& devices_;
    const std::vector<cli::Cause>& causes_;
    const PageChoice& choice_;
    std::string files_;
};

}  // namespace

void write_next_steps(cli::Output& output, const PageFacts& facts, const Devices& devices, const std::vector<cli::Cause>& causes, const PageChoice& choice) {
    const auto unusable = [](const std::string& file) { return file == "-" || printable(file) != file; };
    if (choice.files.empty() || choice.files.size() > most_files || std::any_of(choice.files.begin(), choice.files.end(), unusable)) return;
    const Words say(output.language());
    std::string head = output.styled(cli::Style::bold, pad(say({"NEXT", "下一步"}), 10));
    for (const std::string& command : NextSteps(facts, devices, causes, choice).commands()) {
        output.line(head + command);   // never wrapped: it is to be pasted
        head = std::string(10, ' ');
    }
}

}  // namespace gbkit::replay_tool
