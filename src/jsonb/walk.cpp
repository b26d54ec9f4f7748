// The walk: a tree of the keys seen so far remembers what each is called, where it stands and what
// was decided about it, so that a document like the ones before costs little more than its parsing.
#include <jsonb/walk.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include <jsonb/patterns.hpp>
#include <jsonb/value.hpp>
#include <util/member_path.hpp>

namespace migguard::jsonb {
namespace {

constexpr std::uint32_t no_node = UINT32_MAX;
constexpr std::size_t most_nodes = 16'384;   // remembered; more are forgotten after use
constexpr std::size_t most_pending = 4'096;  // keys of one object that wait for its end
constexpr std::size_t most_held = 4'096;     // hits that wait to be put in order
constexpr std::size_t longest_value_kept = 64;
constexpr std::size_t longest_path = 4'096;
constexpr std::size_t most_members_of_money = 6;  // as in value.cpp

// All that a verdict depends on besides the key and its parents.
struct Circumstances {
  ValueFacts facts;
  std::uint8_t index = 0;
};
constexpr std::size_t circumstances = 128;
constexpr std::uint8_t with_sibling = 8;

Circumstances circumstances_of(const ValueFacts& facts) {
  unsigned index = static_cast<unsigned>(evidence(facts));
  if (facts.sibling_currency) index |= with_sibling;
  index |= static_cast<unsigned>(facts.kind == JsonValueKind::array) << 4;
  index |= static_cast<unsigned>(facts.kind == JsonValueKind::boolean) << 5;
  index |= static_cast<unsigned>(decimals(facts.text) > 2) << 6;
  return {facts, static_cast<std::uint8_t>(index)};
}

// A key below a path, or the elements of an array.
struct Node {
  std::string key;
  std::string shape;  // the path with any index
  std::uint32_t parent = no_node;
  std::uint32_t first_child = no_node;  // the child that came first the last time
  std::uint32_t follower = no_node;     // the sibling that came next the last time
  bool element = false;
  bool below_array = false;
  bool currency = false;                             // names_currency
  bool amount = false;                               // names_amount
  std::array<std::uint8_t, circumstances> levels{};  // the level and 1, or 0: not decided
};

struct NodeKey {
  std::uint32_t parent;
  std::string_view key;
  friend bool operator==(const NodeKey&, const NodeKey&) = default;
};
struct NodeHash {
  std::size_t operator()(const NodeKey& key) const {
    return std::hash<std::string_view>()(key.key) ^ (std::size_t{key.parent} * 0x9e3779b97f4a7c15U);
  }
};

struct Frame {
  bool array = false;
  std::uint32_t node = 0;        // of the container itself
  std::uint32_t last = no_node;  // the member before
  std::uint64_t count = 0;       // of members or elements begun
  bool has_currency = false;
  bool has_amount = false;
  JsonValueKind element = JsonValueKind::null;  // the first element's kind
  std::size_t pending = 0;  // where its members begin in the list of all that wait
  std::size_t hits = 0;     // found inside
  std::size_t nodes = 0;    // how many there were when it began
  json::Place place;        // of the key that holds it
};

// A key that may be money, once all of its object is known.
struct Pending {
  std::uint32_t node;
  ValueFacts facts;   // without its text
  std::string value;  // that text, cut
  json::Place place;
};

struct Held {
  std::string path;
  std::string shape;
  std::string key;
  std::string value;
  JsonValueKind kind;
  bool money_shape;
  Classification verdict;
  json::Place place;
};

Level cap_of(const std::string& column, const JsonbSettings& settings) {
  const std::size_t point = column.rfind('.');
  const std::string_view table =
      point == std::string::npos ? std::string_view() : std::string_view(column).substr(0, point);
  const std::string_view name = point == std::string::npos
                                    ? std::string_view(column)
                                    : std::string_view(column).substr(point + 1);
  switch (column_tier(table, name, settings)) {
    case ColumnTier::exempt:
      return Level::none;
    case ColumnTier::lower:
      return Level::medium;
    case ColumnTier::unlisted:  // whoever names the column wants it guarded
    case ColumnTier::guarded:
      break;
  }
  return Level::high;
}

// Whether an entry of the lists can tell one index from another.
bool minds_indexes(const std::vector<std::string>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const std::string& entry) {
    return is_pattern(entry) || entry.find('[') != std::string::npos ||
           entry.find_first_of("0123456789") != std::string::npos;
  });
}

const JsonbSettings defaults;

}  // namespace

class Walker::Walk {
 public:
  explicit Walk(WalkSettings settings)
      : settings_(std::move(settings)), jsonb_(settings_.jsonb ? *settings_.jsonb : defaults) {
    cap_ = cap_of(settings_.column, jsonb_);
    by_index_ = minds_indexes(jsonb_.allow) || minds_indexes(jsonb_.deny);
    forget();
  }

  const WalkSettings& settings() const { return settings_; }

  void begin(json::Reader<Walk>& reader, const Report& report) {
    reader_ = &reader;
    report_ = &report;
    frames_.clear();
    pending_.clear();
    held_.clear();
    member_ = no_node;
    if (nodes_.size() >= most_nodes) forget();
  }

  // After a document, or what there was of it.
  void end() {
    while (!frames_.empty()) leave();
    flush();
  }

  // ---- Events of the reader ----

  void key(std::string_view text) {
    Frame& frame = frames_.back();
    member_ = child(frame, text);
    ++frame.count;
    key_offset_ = reader_->token_offset();
    key_placed_ = false;
    if (!reader_->in_memory(key_offset_)) place_key();
  }
  void string(std::string_view text) { scalar(JsonValueKind::text, text); }
  void number(std::string_view text) { scalar(JsonValueKind::number, text); }
  void boolean(bool) { scalar(JsonValueKind::boolean, {}); }
  void null() { scalar(JsonValueKind::null, {}); }
  void begin_object() { enter(false); }
  void begin_array() { enter(true); }
  void end_object() { leave(); }
  void end_array() { leave(); }
  void input_moves() {
    if (member_ != no_node) place_key();
  }

 private:
  void forget() {
    known_.clear();
    verdicts_.clear();
    nodes_.clear();
    nodes_.emplace_back();  // the document itself
  }

  // ---- Nodes ----

  std::uint32_t child(Frame& frame, std::string_view key) {
    const std::uint32_t guess =
        frame.last == no_node ? nodes_[frame.node].first_child : nodes_[frame.last].follower;
    std::uint32_t found = guess;
    if (guess == no_node || guess >= nodes_.size() || nodes_[guess].parent != frame.node ||
        nodes_[guess].element || nodes_[guess].key != key) {
      found = find_or_add(frame.node, key);
      (frame.last == no_node ? nodes_[frame.node].first_child : nodes_[frame.last].follower) =
          found;
    }
    frame.last = found;
    return found;
  }

  std::uint32_t find_or_add(std::uint32_t parent, std::string_view key) {
    const auto known = known_.find({parent, key});
    if (known != known_.end()) return known->second;
    const std::uint32_t added = add(parent);
    Node& node = nodes_[added];
    node.key = key;
    if (node.shape.size() < longest_path) json::append_member(node.shape, key);
    node.currency = names_currency(key);
    node.amount = names_amount(key);
    // A node beyond the most may go again with its object; what is remembered must not hang on it.
    if (added < most_nodes && parent < most_nodes) known_.emplace(NodeKey{parent, node.key}, added);
    return added;
  }

  std::uint32_t add(std::uint32_t parent) {
    Node node;
    node.parent = parent;
    node.shape = nodes_[parent].shape;
    node.below_array = nodes_[parent].below_array;
    nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  std::uint32_t elements(std::uint32_t array) {
    std::uint32_t& known = nodes_[array].first_child;
    if (known != no_node && known < nodes_.size() && nodes_[known].parent == array &&
        nodes_[known].element)
      return known;
    const std::uint32_t added = add(array);
    if (nodes_[added].shape.size() < longest_path) json::append_any(nodes_[added].shape);
    nodes_[added].element = nodes_[added].below_array = true;
    nodes_[array].first_child = added;
    return added;
  }

  // ---- Verdicts ----

  Classification classify_now(const Node& node, const ValueFacts& facts, std::string_view path) {
    Classification found = classify_listed(settings_.column, node.key, path, facts, jsonb_);
    found.level = std::min(found.level, cap_);
    return found;
  }

  // The verdict, told by the memory where it is there. `index` says which.
  Level level(std::uint32_t at, const Circumstances& given) {
    Node& node = nodes_[at];
    std::uint8_t& decided = node.levels[given.index];
    if (decided == 0) {
      const Classification found = classify_now(node, given.facts, node.shape);
      decided = static_cast<std::uint8_t>(static_cast<unsigned>(found.level) + 1);
    }
    return static_cast<Level>(decided - 1);
  }

  bool may_be_money(std::uint32_t at, const ValueFacts& facts) {
    if (by_index_ && nodes_[at].below_array) return true;
    Circumstances given = circumstances_of(facts);
    if (level(at, given) >= settings_.least) return true;
    given.facts.sibling_currency = true;
    given.index |= with_sibling;
    return level(at, given) >= settings_.least;
  }

  // ---- Values ----

  void place_key() {
    if (key_placed_) return;
    key_place_ = reader_->place(key_offset_);
    key_placed_ = true;
  }

  void scalar(JsonValueKind kind, std::string_view text) {
    if (frames_.empty()) return;
    Frame& frame = frames_.back();
    if (frame.array) {
      if (frame.count++ == 0) frame.element = kind;
      return;
    }
    const std::uint32_t at = std::exchange(member_, no_node);
    const Node& node = nodes_[at];
    ValueFacts facts;
    facts.kind = kind;
    facts.text = text;
    if (node.currency && !frame.has_currency)
      frame.has_currency = kind != JsonValueKind::text || evidence(facts) == Evidence::currency;
    const bool writes_amount = kind == JsonValueKind::number || kind == JsonValueKind::text;
    frame.has_amount = frame.has_amount || (node.amount && writes_amount);
    if (kind == JsonValueKind::boolean && jsonb_.deny.empty()) return drop_last(frame, at);
    if (!may_be_money(at, facts)) return drop_last(frame, at);
    place_key();
    wait(at, facts, text, key_place_);
  }

  void wait(std::uint32_t at, ValueFacts facts, std::string_view text, const json::Place& place) {
    facts.text = {};
    pending_.push_back({at, facts, std::string(text.substr(0, longest_value_kept)), place});
    Frame& frame = frames_.back();
    if (pending_.size() - frame.pending < most_pending) return;
    decide(frame);
    forget_beyond(frame);
  }

  // Nodes that nothing refers to any more, where there are more than are remembered.
  void forget_beyond(Frame& frame) {
    const std::size_t kept = std::max(frame.nodes, most_nodes);
    if (nodes_.size() <= kept) return;
    nodes_.resize(kept);
    frame.last = no_node;
  }

  // A node that nothing refers to and that is not remembered makes room for the next.
  void drop_last(Frame& frame, std::uint32_t at) {
    if (at + 1 != nodes_.size() || at < most_nodes) return;
    nodes_.pop_back();
    frame.last = no_node;
  }

  void enter(bool array) {
    Frame frame;
    frame.array = array;
    frame.pending = pending_.size();
    if (!frames_.empty()) {
      Frame& outer = frames_.back();
      if (outer.array) {
        frame.node = elements(outer.node);
        if (outer.count++ == 0)
          outer.element = array ? JsonValueKind::array : JsonValueKind::object;
      } else {
        frame.node = std::exchange(member_, no_node);
        if (!key_placed_) key_place_ = reader_->place(key_offset_);
        frame.place = key_place_;
      }
    }
    frame.nodes = nodes_.size();
    frames_.push_back(frame);
  }

  void leave() {
    const bool keyed = frames_.size() > 1 && !frames_[frames_.size() - 2].array;
    const bool money_shape = keyed && is_money(frames_.back());
    // A Money-shaped object is told once.
    if (money_shape)
      pending_.resize(frames_.back().pending);
    else
      decide(frames_.back());
    forget_beyond(frames_.back());
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (frames_.empty()) return;
    Frame& outer = frames_.back();
    outer.hits += frame.hits;
    if (!keyed || frame.hits != 0) return;
    ValueFacts facts;
    facts.kind = frame.array ? JsonValueKind::array : JsonValueKind::object;
    facts.element = frame.element;
    facts.money_shape = money_shape;
    if (money_shape || may_be_money(frame.node, facts)) wait(frame.node, facts, {}, frame.place);
  }

  // An amount beside its currency; with other amounts beside them, it is a document.
  bool is_money(const Frame& frame) const {
    if (frame.array || frame.count > most_members_of_money || !frame.has_currency ||
        !frame.has_amount)
      return false;
    const auto amounts =
        std::count_if(pending_.begin() + static_cast<std::ptrdiff_t>(frame.pending), pending_.end(),
                      [this](const Pending& each) { return !nodes_[each.node].currency; });
    return amounts <= 1 && frame.hits == 0;
  }

  // Tells the members of the innermost object that are money, now that all of it is known.
  void decide(Frame& frame) {
    for (std::size_t i = frame.pending; i < pending_.size(); ++i) {
      Pending& each = pending_[i];
      const Node& node = nodes_[each.node];
      each.facts.sibling_currency = frame.has_currency && !node.currency;
      each.facts.text = each.value;
      const Circumstances given = circumstances_of(each.facts);
      const bool exact = by_index_ && node.below_array;
      if (!exact && !each.facts.money_shape && level(each.node, given) < settings_.least) continue;
      std::string path;
      if (settings_.exact_paths || exact) {
        path = path_of(frames_.size());
        json::append_member(path, node.key);
      }
      if (exact || each.facts.money_shape) {
        const Classification found = classify_now(node, each.facts, exact ? path : node.shape);
        if (found.level < settings_.least) continue;
        tell(each, path, found);
      } else {
        tell(each, path, verdict(each, given));
      }
      ++frame.hits;
    }
    pending_.resize(frame.pending);
  }

  // With its evidence. Valid until the next.
  const Classification& verdict(const Pending& each, const Circumstances& given) {
    const Node& node = nodes_[each.node];
    if (each.node >= most_nodes) return passing_ = classify_now(node, each.facts, node.shape);
    const std::uint64_t id = std::uint64_t{each.node} << 8 | given.index;
    auto known = verdicts_.find(id);
    if (known == verdicts_.end())
      known = verdicts_.emplace(id, classify_now(node, each.facts, node.shape)).first;
    return known->second;
  }

  // The path of the object in the frame at `depth`.
  std::string path_of(std::size_t depth) const {
    std::string path;
    for (std::size_t i = 1; i < depth && path.size() < longest_path; ++i) {
      if (frames_[i - 1].array)
        json::append_index(path, static_cast<std::int64_t>(frames_[i - 1].count) - 1);
      else
        json::append_member(path, nodes_[frames_[i].node].key);
    }
    return path;
  }

  void tell(const Pending& each, const std::string& path, const Classification& verdict) {
    const Node& node = nodes_[each.node];
    if (!settings_.exact_paths) {
      (*report_)({node.shape, node.shape, node.key, each.value, each.facts.kind,
                  each.facts.money_shape, verdict, each.place});
      return;
    }
    held_.push_back({path, node.shape, node.key, each.value, each.facts.kind,
                     each.facts.money_shape, verdict, each.place});
    if (held_.size() >= most_held) flush();
  }

  // Objects end after what is in them: hits are put in the order of the document.
  void flush() {
    std::sort(held_.begin(), held_.end(), [](const Held& one, const Held& other) {
      return one.place.offset < other.place.offset;
    });
    for (const Held& each : held_) {
      (*report_)({each.path, each.shape, each.key, each.value, each.kind, each.money_shape,
                  each.verdict, each.place});
    }
    held_.clear();
  }

  WalkSettings settings_;
  const JsonbSettings& jsonb_;
  Level cap_ = Level::high;
  bool by_index_ = false;
  json::Reader<Walk>* reader_ = nullptr;
  const Report* report_ = nullptr;
  std::deque<Node> nodes_;  // whose keys are looked up where they stand
  std::unordered_map<NodeKey, std::uint32_t, NodeHash> known_;
  std::unordered_map<std::uint64_t, Classification> verdicts_;
  Classification passing_;
  std::vector<Frame> frames_;
  std::vector<Pending> pending_;
  std::vector<Held> held_;
  std::uint32_t member_ = no_node;  // the key whose value comes next
  std::uint64_t key_offset_ = 0;
  json::Place key_place_;
  bool key_placed_ = false;
};

Walker::Walker(WalkSettings settings) : walk_(std::make_unique<Walk>(std::move(settings))) {}
Walker::~Walker() = default;

std::optional<json::Broken> Walker::document(std::string_view text, const Report& report) {
  json::Reader<Walk> reader(text, *walk_, walk_->settings().limits);
  walk_->begin(reader, report);
  if (!reader.more()) return json::Broken{reader.place(reader.offset()), "there is no value"};
  const bool read = reader.value();
  walk_->end();
  if (read && reader.more())
    return json::Broken{reader.place(reader.offset()), "something follows the value"};
  return reader.broken();
}

Walker::Streamed Walker::stream(ByteStream& stream, bool lines, const StreamEvents& events) {
  constexpr std::uint64_t progress_every = std::uint64_t{1} << 20;
  json::ReaderLimits limits = walk_->settings().limits;
  limits.lines = lines;
  json::Reader<Walk> reader(stream, *walk_, limits);
  Streamed streamed;
  std::uint64_t told = 0;
  std::uint64_t first_line = 0;
  bool told_broken = false;
  const auto begin = [&] { walk_->begin(reader, events.hit); };
  begin();
  while (reader.more()) {
    if (streamed.documents == 1 && streamed.broken == 0 && !lines) {
      // The first value began and ended on one line, and this one begins on another.
      const std::uint64_t line = reader.place(reader.offset()).line;
      lines = line > first_line && first_line != 0;
      reader.set_lines(lines);
    }
    const std::uint64_t begun_on = streamed.documents == 0 ? reader.place(reader.offset()).line : 0;
    begin();
    const bool read = reader.value();
    walk_->end();
    if (read) {
      if (streamed.documents++ == 0 && reader.place(reader.offset()).line == begun_on)
        first_line = begun_on;
    } else {
      ++streamed.broken;
      events.broken(*reader.broken());
      told_broken = reader.broken()->input;
      if (!lines || reader.broken()->input || !reader.next_line()) break;
    }
    streamed.bytes = reader.offset();
    if (events.progress && streamed.bytes - told > progress_every) {
      told = streamed.bytes;
      if (!events.progress(streamed)) break;
    }
  }
  if (reader.broken() && reader.broken()->input && !told_broken) {
    ++streamed.broken;
    events.broken(*reader.broken());
  }
  streamed.bytes = reader.offset();
  return streamed;
}

std::string masked(std::string_view value) {
  constexpr std::size_t longest = 24;
  std::string out;
  for (const char c : value.substr(0, longest)) {
    const bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (c >= '0' && c <= '9')
      out += '9';
    else if (c >= 'A' && c <= 'Z')
      out += 'X';
    else if (!is_continuation_byte(c))
      out += letter ? 'x' : c;
  }
  if (value.size() > longest) out += "...";
  return out;
}

}  // namespace migguard::jsonb
