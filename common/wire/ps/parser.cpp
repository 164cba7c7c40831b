#include "wire/ps/parser.hpp"

#include <algorithm>
#include <utility>

#include "wire/ps/headers.hpp"

namespace gbkit::wire::ps {

Parser::Parser(Sink sink, Limits limits) : sink_(std::move(sink)), limits_(limits) {}

// Bytes that cannot be used up yet wait in held_, which then grows by no more than is asked for: the walk returns to
// the pushed view, and to giving out views of it, as soon as it can.
void Parser::push(ByteView bytes) {
    while (!bytes.empty()) {
        if (held_bytes() == 0) {
            bytes = bytes.subspan(walk(bytes));
            if (bytes.empty()) return;
        }
        const std::size_t count = std::min(bytes.size(), std::max<std::size_t>(1, needed_ - std::min(needed_, held_bytes())));
        held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
        bytes = bytes.subspan(count);
        if (held_bytes() >= needed_) consume_held();
    }
}

void Parser::consume_held() {
    held_begin_ += walk(ByteView(held_).subspan(held_begin_));
    if (held_begin_ == held_.size()) {
        held_.clear();
        held_begin_ = 0;
    } else if (held_begin_ * 2 > held_.size()) {
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(held_begin_));
        held_begin_ = 0;
    }
}

// Uses up what it can. offset_ moves along.
std::size_t Parser::walk(ByteView bytes) {
    std::size_t used = 0;
    while (used < bytes.size()) {
        const ByteView rest = bytes.subspan(used);
        needed_ = 0;
        std::size_t count = 0;
        switch (place_) {
        case Place::start: count = at_start(rest); break;
        case Place::lost: count = searching(rest); break;
        case Place::payload: count = in_payload(rest); break;
        case Place::unbounded: count = in_unbounded(rest); break;
        }
        if (count == 0 && needed_ > 0) break;
        used += count;
        offset_ += count;
    }
    return used;
}

std::size_t Parser::ask(std::size_t needed) noexcept {
    needed_ = needed;
    return 0;
}

// Extra zeros are passed over as far as two of them must belong to the start code.
std::size_t Parser::at_start(ByteView bytes) {
    const Answer here = start_code_here(bytes);
    if (here.is_no()) {
        place_ = Place::lost;
        return 0;
    }
    std::size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    if (zeros > 2) {
        pass_over(bytes.first(zeros - 2), Skipped::Why::zeros);
        return zeros - 2;
    }
    return here.is_yes() ? header(bytes) : ask(here.bytes);
}

std::size_t Parser::searching(ByteView bytes) {
    const std::size_t trusted = trusted_ >= offset_ ? static_cast<std::size_t>(trusted_ - offset_) : SIZE_MAX;
    const Found found = find_start(bytes, trusted);
    if (found.at > 0) {
        pass_over(bytes.first(found.at), Skipped::Why::resync);
        return found.at;
    }
    if (found.answer.is_more()) return ask(found.answer.bytes);
    place_ = Place::start;
    return 0;
}

std::size_t Parser::header(ByteView bytes) {
    switch (bytes[3]) {
    case stream_id::end:
        begin_event();
        tell(EndCode{offset_});
        return 4;
    case stream_id::pack: return pack(bytes);
    case stream_id::system_header:
    case stream_id::map: return section(bytes);
    default: return pes(bytes);
    }
}

std::size_t Parser::pack(ByteView bytes) {
    Pack found;
    const Answer answer = read_pack(bytes, found);
    if (answer.is_more()) return ask(answer.bytes);
    if (answer.is_no()) {
        pass_over(bytes.first(4), Skipped::Why::resync);
        place_ = Place::lost;
        return 4;
    }
    begin_event();
    found.offset = offset_;
    tell(found);
    return answer.bytes;
}

std::size_t Parser::section(ByteView bytes) {
    if (bytes.size() < 6) return ask(6);
    const std::size_t length = bytes[4] * 256U + bytes[5];
    const std::size_t whole = length > longest_header ? 6 : 6 + length;
    if (bytes.size() < whole) return ask(whole);
    tell_section(bytes.first(whole));
    if (length > longest_header) place_ = Place::lost;
    return whole;
}

void Parser::tell_section(ByteView bytes) {
    begin_event();
    if (bytes[3] == stream_id::map) {
        StreamMap map = read_map(bytes);
        map.offset = offset_;
        tell(std::move(map));
    } else {
        SystemHeader system = read_system_header(bytes);
        system.offset = offset_;
        tell(std::move(system));
    }
}

std::size_t Parser::pes(ByteView bytes) {
    Pes found;
    const Answer answer = read_pes(bytes, found);
    if (answer.is_more()) return ask(answer.bytes);
    if (passed_.why == Skipped::Why::zeros)
        found.zeros_before = static_cast<std::uint8_t>(std::min<std::uint64_t>(passed_.count, 255));
    begin_event();
    found.offset = offset_;
    tell(found);
    pes_id_ = found.id;
    pes_payload_ = 0;
    if (found.length == 0 && found.layout != Pes::Layout::bare) {
        place_ = Place::unbounded;
        pes_left_ = 0;
        return answer.bytes;
    }
    place_ = Place::payload;
    pes_left_ = 6U + found.length - answer.bytes;
    if (pes_left_ == 0) end_pes(offset_ + answer.bytes, PesEnd::Why::complete);
    return answer.bytes;
}

// The rule for lengths that are wrong (see the header). Most packets lie in one view with what follows them, and are
// through after the first question.
std::size_t Parser::in_payload(ByteView bytes) {
    const std::size_t left = pes_left_;
    const Answer led_to = where_it_leads(bytes, left);
    Found pack = led_to.is_yes() ? Found{left, Answer::no()} : find_pack(bytes, left);
    if (pack.at == 0 && pack.answer.is_more() && final_) pack.at = std::min(left, bytes.size());
    if (pack.at > 0) {
        tell_payload(bytes.first(pack.at));
        if (pes_left_ == 0) end_pes(offset_ + left, PesEnd::Why::complete);
        return pack.at;
    }
    if (pack.answer.is_more()) return ask(pack.answer.bytes);
    if (led_to.is_more()) return ask(left + led_to.bytes);
    end_pes(offset_, PesEnd::Why::next_start);
    return 0;
}

// At most 256 zeros are waited through. The end of the input is as good as a start code.
Answer Parser::where_it_leads(ByteView bytes, std::size_t left) const noexcept {
    constexpr std::size_t patience = 256;
    if (bytes.size() < left) return final_ ? Answer::no() : Answer::more(4);
    const Answer here = start_code_here(bytes.subspan(left, std::min(bytes.size() - left, patience)));
    const bool enough = final_ || bytes.size() - left >= patience;
    return here.is_more() && enough ? Answer::yes(0) : here;
}

std::size_t Parser::in_unbounded(ByteView bytes) {
    const Found found = find_start(bytes, SIZE_MAX);
    if (found.at == 0 && found.answer.is_more() && !final_) return ask(found.answer.bytes);
    if (found.at == 0 && found.answer.is_yes()) {
        end_pes(offset_, PesEnd::Why::complete);
        return 0;
    }
    const std::uint64_t room = limits_.unbounded_pes - pes_payload_;
    const std::size_t count = std::min<std::uint64_t>(found.at == 0 ? bytes.size() : found.at, room);
    tell_payload(bytes.first(count));
    if (count == room) {
        end_pes(offset_ + count, PesEnd::Why::too_large);
        place_ = Place::lost;
    }
    return count;
}

void Parser::pass_over(ByteView bytes, Skipped::Why why) {
    if (passed_.count == 0) {
        passed_ = {};
        passed_.offset = offset_;
        passed_.why = any_start_ ? why : Skipped::Why::leading;
    }
    if (passed_.why == Skipped::Why::zeros) passed_.why = why;
    const std::size_t room = passed_.head.size() - passed_.head_bytes;
    const std::size_t shown = std::min(room, bytes.size());
    std::copy_n(bytes.begin(), shown, passed_.head.begin() + passed_.head_bytes);
    passed_.head_bytes = static_cast<std::uint8_t>(passed_.head_bytes + shown);
    passed_.count += bytes.size();
}

void Parser::tell_passed_over() {
    if (passed_.count > 0) tell(passed_);
    passed_.count = 0;
}

// A start code is believed: what was passed over before it is over, and after it another one should stand.
void Parser::begin_event() {
    if (passed_.count > 0) tell_passed_over();
    any_start_ = true;
    place_ = Place::start;
}

void Parser::tell_payload(ByteView bytes) {
    if (bytes.empty()) return;
    tell(Payload{offset_, pes_payload_, bytes, 0});
    pes_payload_ += bytes.size();
    if (place_ == Place::payload) pes_left_ -= bytes.size();
}

void Parser::end_pes(std::uint64_t offset, PesEnd::Why why) {
    tell(PesEnd{offset, pes_id_, pes_payload_, pes_left_, why});
    place_ = Place::start;
}

std::uint64_t Parser::skippable() const noexcept {
    return place_ == Place::payload && held_bytes() == 0 ? pes_left_ : 0;
}

void Parser::skip(std::uint64_t count) {
    count = std::min(count, skippable());
    if (count == 0) return;
    tell(Payload{offset_, pes_payload_, {}, count});
    offset_ += count;
    pes_payload_ += count;
    pes_left_ -= count;
    if (pes_left_ == 0) end_pes(offset_, PesEnd::Why::complete);
}

void Parser::gap(std::uint64_t count) {
    end_of_run(PesEnd::Why::gap);
    place_ = Place::lost;
    offset_ += count;
}

void Parser::finish() { end_of_run(PesEnd::Why::end); }

// Nothing follows what is held: it is used up as far as it goes, and the rest is told for what it is.
void Parser::end_of_run(PesEnd::Why why) {
    final_ = true;
    while (held_bytes() > 0) {
        const std::size_t before = held_bytes();
        consume_held();
        if (held_bytes() < before || held_bytes() == 0) continue;
        const ByteView rest = ByteView(held_).subspan(held_begin_);
        if (place_ == Place::start && rest.size() >= 10 && (rest[3] == stream_id::system_header || rest[3] == stream_id::map))
            tell_section(rest);
        else
            pass_over(rest, place_ == Place::start && rest.size() < 3 ? Skipped::Why::zeros : Skipped::Why::resync);
        offset_ += rest.size();
        held_.clear();
        held_begin_ = 0;
    }
    final_ = false;
    if (place_ == Place::payload || place_ == Place::unbounded) end_pes(offset_, why);
    tell_passed_over();
}

}  // namespace gbkit::wire::ps
