#include "device_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/charset.hpp"
#include "device_words.hpp"
#include "page_devices.hpp"
#include "page_entry.hpp"
#include "wire/gb_id.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::DeviceStory;

constexpr std::size_t lines_by_themselves = 30;
constexpr std::size_t platforms_named = 3;
constexpr std::size_t word_columns = 9;

struct Line {
    std::string id, kind, word, phrase;
    std::optional<std::uint64_t> frame{};
    cli::Style style = cli::Style::plain;
};

// Whose finding weighs more stands first; who only failed to register comes after those whose cause is known.
bool weighs_more(const Device* a, const Device* b) {
    if ((a->worst == nullptr) != (b->worst == nullptr)) return a->worst != nullptr;
    return a->worst != nullptr && a->worst < b->worst;   // both point into the root causes, which are in order
}

/// Nothing speaks against it; a registration that is not in the capture does not.
bool is_fine(DeviceStory::State state) noexcept {
    return state == DeviceStory::State::registered || state == DeviceStory::State::unregistered || state == DeviceStory::State::unknown;
}

class DeviceTable {
public:
    DeviceTable(cli::Output& output, const PageFacts& facts, const Devices& devices, const PageChoice& choice)
        : output_(output), facts_(facts), devices_(devices), choice_(choice), say_(output.language()) {}

    void write() {
        who();
        std::vector<const Device*> troubled, others;
        for (const Device& device : devices_.all()) (device.in_trouble() ? troubled : others).push_back(&device);
        std::stable_sort(troubled.begin(), troubled.end(), weighs_more);
        const std::size_t named = choice_.everything ? troubled.size() : std::min(troubled.size(), lines_by_themselves);
        std::vector<Line> lines;
        for (std::size_t i = 0; i < named; ++i) lines.push_back(line_of(*troubled[i]));
        if (choice_.everything)
            for (const Device* device : others) lines.push_back(line_of(*device));
        if (named < troubled.size())
            lines.push_back({.id = more_text(troubled.size() - named), .kind = "-", .word = "-", .phrase = std::string(say_({"in trouble: --all", "有异常:--all"}))});
        if (!choice_.everything && !others.empty()) lines.push_back(rest(others, !lines.empty()));
        output_.line();
        draw(lines);
    }

private:
    /// The platforms with their addresses, and how many devices there are.
    void who() {
        std::map<std::string, std::set<std::string>> places;   // of each platform
        for (const DeviceStory* story : facts_.totals.devices)
            places[story->platform_id].insert(fmt::format("{} {}", story->platform.text(), proto::name_of(story->transport)));
        std::vector<std::string> parts;
        for (const auto& [id, at] : places) {
            if (parts.size() == platforms_named) break;
            const std::vector<std::string> named(at.begin(), std::next(at.begin(), static_cast<std::ptrdiff_t>(std::min(at.size(), platforms_named))));
            const std::string name = id.empty() ? std::string() : " " + printable(id);
            parts.push_back(say_({"platform{} at {}", "平台{},地址 {}"}, name, join(named, ", ")));
        }
        if (places.size() > platforms_named) parts.push_back(say_({"{} platforms more", "另有 {} 个平台"}, places.size() - platforms_named));
        parts.push_back(say_({"{} devices", "{} 台设备"}, grouped(devices_.all().size())));
        if (const std::size_t calls = facts_.totals.plays.dialogs.size(); calls > 0) parts.push_back(say_({"{} calls", "{} 个呼叫"}, grouped(calls)));
        if (const std::size_t streams = facts_.totals.plays.sources.size(); streams > 0) parts.push_back(say_({"{} RTP streams", "{} 路 RTP"}, grouped(streams)));
        write_entry(output_, {"who", "双方"}, join(parts, say_(Bilingual{", ", ","})));
    }

    Line line_of(const Device& device) const {
        Line line{.id = printable(device.id), .kind = kind_of(device), .word = {}, .phrase = {}};
        const bool refused = device.story != nullptr && device.story->state == DeviceStory::State::refused && device.story->last_status > 0;
        if (device.worst != nullptr) {
            const Finding& worst = *device.worst;
            const bool about_refusal = worst.id.slug.starts_with("register-") || worst.id.slug.starts_with("digest-");
            line.word = refused && about_refusal ? std::to_string(device.story->last_status) : std::string(say_(short_tale_of(worst.id).word));
            if (worst.certainty == Certainty::possible) line.word += '?';
            line.phrase = printable(phrase_of(worst, output_.language()));
            line.frame = worst.where.frame;
            line.style = worst.certainty == Certainty::possible ? cli::Style::warn : cli::Style::bad;
            return line;
        }
        const DeviceStory::State state = device.story == nullptr ? DeviceStory::State::unknown : device.story->state;
        line.phrase = say_(name_of(state));
        if (device.in_trouble()) {
            line.word = refused ? std::to_string(device.story->last_status) : std::string(say_({"OFFLINE", "离线"}));
            line.style = cli::Style::bad;
        } else if (is_fine(state)) {
            line.word = say_(Bilingual{"fine", "正常"});
            line.style = cli::Style::good;
        } else {
            line.word = "-";
        }
        return line;
    }

    /// Maker and what the ID says it is: "Hikvision NVR".
    std::string kind_of(const Device& device) const {
        std::string kind = printable(device.make);
        if (const auto id = wire::parse_gb_id(device.id); id) {
            const std::string_view type = say_(wire::gb_type_name(id->type));
            if (!type.empty()) kind += (kind.empty() ? "" : " ") + std::string(type.substr(0, type.find('(')));
        }
        return kind.empty() ? "-" : kind;
    }

    std::string more_text(std::size_t count) const { return say_({"{} more", "另有 {} 台"}, grouped(count)); }

    Line rest(const std::vector<const Device*>& others, bool more) const {
        std::map<DeviceStory::State, std::size_t> states;
        std::size_t habits = 0;
        for (const Device* device : others) {
            ++states[device->story == nullptr ? DeviceStory::State::unknown : device->story->state];
            if (device->habits) ++habits;
        }
        std::vector<std::string> parts;
        for (const auto& [state, count] : states) parts.push_back(fmt::format("{} {}", grouped(count), say_(name_of(state))));
        std::string text = join(parts, say_(Bilingual{", ", ","}));
        if (habits > 0) text += say_({"; {} with habits (--habits)", ";{} 台有厂商习惯(--habits)"}, grouped(habits));
        const bool fine = std::all_of(states.begin(), states.end(), [](const auto& state) { return is_fine(state.first); });
        return {.id = more ? more_text(others.size()) : say_({"all {}", "全部 {} 台"}, grouped(others.size())), .kind = "-",
                .word = fine ? std::string(say_({"fine", "正常"})) : "-", .phrase = std::move(text), .style = fine ? cli::Style::good : cli::Style::plain};
    }

    /// The packet's number stays readable: the phrase gives way.
    void draw(const std::vector<Line>& lines) {
        const std::size_t most_kind = output_.columns() >= 100 ? 26 : 16;
        std::size_t ids = 0, kinds = 0;
        for (const Line& line : lines) {
            ids = std::max(ids, std::min<std::size_t>(display_width(line.id), 24));
            kinds = std::max(kinds, std::min(display_width(line.kind), most_kind));
        }
        for (const Line& line : lines) {
            const std::string frame = line.frame ? fmt::format("  #{}", *line.frame) : std::string();
            const std::size_t before = 1 + ids + 2 + kinds + 2 + word_columns + 2;
            const std::size_t room = output_.columns() > before + frame.size() + 10 ? output_.columns() - before - frame.size() : 10;
            std::string head = fmt::format(" {}  {}  {}  ", pad(cut(line.id, 24), ids), pad(cut(line.kind, kinds), kinds), output_.styled(line.style, pad(line.word, word_columns)));
            for (const std::string& text : line.frame ? std::vector{cut(line.phrase, room)} : wrap(line.phrase, room)) {
                output_.line(head + text + output_.styled(cli::Style::dim, frame));
                head = std::string(before, ' ');
            }
        }
    }

    cli::Output& output_;
    const PageFacts& facts_;
    const Devices& devices_;
    const PageChoice& choice_;
    Words say_;
};

}  // namespace

void write_device_table(cli::Output& output, const PageFacts& facts, const Devices& devices, const PageChoice& choice) {
    DeviceTable(output, facts, devices, choice).write();
}

}  // namespace gbkit::replay_tool
