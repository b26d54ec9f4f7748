// The word lists, by role and language, and nothing else: edit here to teach the classifier a word.
// Words are lower case, singular, without accents (the tokenizer folds them).
#include <jsonb/words.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace migguard::jsonb {
namespace {

// A text of words as a template argument, so that the lists below are sorted by the compiler.
template <std::size_t Size>
struct Literal {
  char text[Size]{};
  constexpr Literal(const char (&source)[Size]) {
    std::copy_n(source, Size, text);
  }  // NOLINT: implicit on purpose
  constexpr std::string_view view() const { return {text, Size - 1}; }
};

template <Literal Source>
inline constexpr auto words = [] {
  constexpr std::size_t count = [] {
    std::size_t found = 0;
    char before = ' ';
    for (const char c : Source.view()) {
      found += before == ' ' && c != ' ' ? 1 : 0;
      before = c;
    }
    return found;
  }();
  std::array<std::string_view, count> list{};
  std::size_t used = 0;
  std::size_t at = 0;
  const std::string_view text = Source.view();
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) list[used++] = text.substr(at, end - at);
    at = end + 1;
  }
  std::sort(list.begin(), list.end());
  return list;
}();

constexpr std::span<const std::string_view> strong = words<
    // English
    "price amount amt cost fee tax vat gst hst pst qst subtotal subtot grandtotal salary wage "
    "revenue discount commission money cogs msrp rrp mrr arr arpu arppu aov clv cpc cpm cpa "
    "cac cpl ebitda profit budget payroll surcharge upcharge markup markdown payout gratuity "
    "stipend tuition rebate royalty tariff levy freight expense expenditure overpayment "
    "underpayment prepayment receivable payable severance pnl remuneration honorarium "
    "dividend diem alimony apr apy opex capex cashback backpay repayment earning proceeds "
    "overcharge overdraft copay deductible toll postage corkage demurrage kickback paycheck "
    "taxe noi gmv tcv acv outlay reimbursement withholding writeoff  "
    "mortgage annuity "
    // German
    "preis betrag kosten gebuehr gebuhr rabatt gehalt lohn umsatz mwst ust steuer miete "
    "umsatzsteuer skonto mehrwertsteuer trinkgeld entgelt honorar erloes gutschrift anzahlung "
    // French
    "prix montant tva frais remise salaire cout tarif loyer acompte recette depense benefice "
    "impot taxes honoraire "
    // Spanish and Portuguese
    "precio importe monto impuesto descuento tarifa iva costo coste salario sueldo ingreso "
    "gasto comision propina preco custo desconto imposto comissao receita despesa faturamento "
    "lucro juro juros frete "
    // Italian
    "prezzo prezzi importo importi sconto sconti stipendio tassa imposta imposte spesa spese "
    "ricavo ricavi canone commissione ritenuta ritenute imponibile "
    // Dutch
    "prijs bedrag korting btw loon omzet huur "
    // Polish
    "cena kwota koszt rabat podatek wynagrodzenie oplata prowizja "
    // Swedish
    "pris belopp moms kostnad avgift rabatt hyra "
    // Turkish
    "fiyat tutar ucret indirim vergi kdv maas maliyet komisyon "
    // Indonesian
    "harga biaya diskon gaji pajak ongkir "
    // Vietnamese
    "gia tien thue luong">;

// Of these, those of the languages that put the head of a name first: importe_total_documento.
constexpr std::span<const std::string_view> head_first = words<
    "prix montant frais tarif loyer cout salaire remise acompte recette depense precio importe "
    "monto impuesto descuento tarifa coste costo salario sueldo ingreso gasto comision propina "
    "preco custo desconto imposto comissao receita despesa prezzo prezzi importo importi sconto "
    "sconti stipendio tassa imposta imposte spesa spese ricavo ricavi canone commissione ritenuta "
    "ritenute imponibile">;

// Heads of such names that are no money, whatever they are of: tipo_impuesto, date_paiement.
constexpr std::span<const std::string_view> head_first_negative = words<
    "tipo type forma metodo modo mode modalita regime esigibilita codigo codice code clave numero "
    "nombre num data date fecha condiciones condizioni statut estado stato motivo motif causale "
    "descripcion description descrizione libelle">;

// Beside a number, amounts without a word of the trade: event_spend, employee_deduction.
constexpr std::span<const std::string_view> spoken_for = words<
    "refund spend deduction contribution disbursement repayment prepayment collateral notional "
    "discounted refunded billed deducted disbursed rounding debit">;

constexpr std::span<const std::string_view> weak = words<
    "total rate value balance bal px installment instalment turnover credit debit charge payment "
    "pmt pymt refund unit net gross "
    "margin deposit premium bonus tip rent bid ask due limit sum spend income pay fine fare "
    "interest duty sale estimate cash quoted bounty quote worth paid spent contribution "
    "contrib inflow outflow movement allowance reward invoice bill offer loan principal "
    "estimated donation payments sales purchase settlement claim equity valuation cap "
    "debt pot spending advance compensation fund penalty grant credited charged debited owed "
    "deduction disbursement discounted refunded billed deducted disbursed collateral notional "
    "loss gain superannuation grandsum summe saldo solde valeur valor valore wert ertrag gesamt "
    "suma totaal "
    "razem summa toplam jumlah">;

constexpr std::span<const std::string_view> rate = words<
    "percent pct percentage perc multiplier factor ratio rate bps prozent pourcentage "
    "porcentaje porcentagem percentuale procent yuzde persen satz">;

constexpr std::span<const std::string_view> foreign_rate =
    words<"taux tasa taxa tasso aliquota alicuota aliquote stawka kurs tipo oran">;

constexpr std::span<const std::string_view> currency = words<
    "currency ccy curr waehrung wahrung devise moneda moeda valuta waluta matauang parabirimi "
    "dovizcinsi divisa">;

constexpr std::span<const std::string_view> negative = words<
    // identity and reference
    "id ids index start starts end ends begin begins uuid guid uid ref reference code number no "
    "num nr key token hash checksum nonce "
    "slug handle link url uri href path file image photo email phone address account owner "
    "holder recipient sender user by contact customer merchant vendor provider brand network "
    "issuer bank bin iban bic last4 name title label text description desc note comment memo "
    "message msg caption disclaimer disclosure instruction term statement descriptor prefix "
    "suffix object receipt certificate form sheet report page template secret signature "
    "mandate intent session transaction txn attempt registration zip postcode authority entity "
    "party metadata meta payload webhook feed api endpoint "
    // kind and state
    "type kind class category cat method mode model status state stage phase policy strategy "
    "scheme behavior behaviour handling processing capture collection calculation formula "
    "engine algorithm rule tier plan level group segment tag flag indicator enabled disabled "
    "active inactive visible visibility hidden required optional allowed approved confirmed "
    "requested rejected failed sent waived verified registered exempt exemption eligible "
    "eligibility inclusive included includes include exclusive reason error warning result "
    "outcome confirmation format formatter formatting locale language symbol sign precision "
    "decimals places rounding style color colour icon position order sort filter column row "
    "field width height size font screen switcher toggle option options setting settings "
    "preference config configuration source origin destination channel medium interface system "
    "platform jurisdiction region country nationality residency center centre department "
    "schedule terms frequency interval cycle period term month year week quarter season day "
    "hour minute second ms date time at timestamp datetime until since expiry expiration "
    "deadline count counts counter quantity qty version revision rank ranking sequence seq "
    "confidence probability score accuracy rating grade weight volume length distance duration "
    "latency temperature job sync check alert watch refresh update updated created history log "
    "audit trail profile instrument device terminal gateway processor list table matrix chart "
    "on off of from to as for with via limit timezone window line item tonnage carb role "
    "permission scope reader writer nurse officer print partner manager register stub "
    "accountant agent advisor team notification reminder subject body header footer hint help "
    "tooltip placeholder pages step document doc attachment approval approver reviewer "
    "workflow trigger event topic promotion campaign voucher eventid "
    // other languages
    "nummer numero numer nummero liste lista lijst stelle nom nome nombre typ typo datum fecha "
    "kod codigo bezeichnung beschreibung estado statut tarih tanggal">;

constexpr std::span<const std::string_view> lead = words<
    "is has show hide allow allows requires require required can should enable enables enabled "
    "include includes use uses multi auto supports support needs need accept accepts display "
    "displays without with skip ignore was were will do does did hides sort sorted filter for "
    "no not exclude excludes prevent request mark marked disable force round apply calculate "
    "deduct prorate pays responsible">;

constexpr std::span<const std::string_view> qualifier = words<
    "paid due owed owing refunded captured authorized authorised collected tendered received "
    "withheld outstanding remaining pending invoiced billed charged settled earned spent saved "
    "credited debited transferred payable receivable disputed voided written total totals "
    "gross net min max minimum maximum avg average mean median sum estimate estimated actual "
    "original override before after pre post final initial current previous last first old new "
    "low high range basis value sub base set aged local foreign presentment formatted display "
    "money amount minor major micros decimal float int integer numeric raw string str monthly "
    "yearly annual annually weekly daily hourly nightly ytd mtd qtd eod bop eop today lifetime "
    "unapplied reserved held applied available blocked accrued deferred recognized realised "
    "realized unrealized cap floor limit budget adjusted adjustment each unit line item "
    "shipping ex inc incl excl taxed untaxed taxable nontaxable prior canceled cancelled reversed "
    "returned discounted undiscounted back pos neg positive negative "
    // other languages
    "unitario unitaria unitaire totale totaal brut brutto netto neto liquido bruto ttc ht "
    "livraison envio gesamt jednostkowa satuan birim toplam withdrawable refundable redeemable gte "
    "lte gt lt">;

constexpr std::span<const std::string_view> cut =
    words<"per incl including excl excluding ex inc inkl before after without over under exkl">;

constexpr std::span<const std::string_view> context = words<
    // documents and trade
    "order invoice inv quote cart basket checkout booking reservation estimate proposal "
    "contract deal purchase sale sales billing bill billable charge payment pay refund payout "
    "transfer settlement subscription shipping delivery ad ads advertising marketing media freight "
    "handling service transaction "
    "txn trade shop store gift card line item row grand merchandise product unit retail "
    "wholesale list sticker "
    // money itself
    "account acct bank cash credit debit wallet ledger escrow loan mortgage overdraft stored "
    "asset portfolio market book face nominal appraised assessed insured declared customs "
    "salvage resale residual replacement property lifetime monetary money financial profit "
    "operating contribution net gross taxable pretax opening closing starting ending available "
    "outstanding pending blocked current running unpaid down security winning excise import "
    "export stamp pension employer employee excess minimum min partial late finance usage "
    // by time
    "hourly daily nightly weekly monthly yearly annual annually quarterly hour night day week "
    "month year lifetime "
    // what rates are paid for
    "room rental rent labor labour overtime contractor consulting freelance mileage parking "
    "out rack paid due credited spent spend charged tip insurance premium base salary bonus "
    "taxes donation donated total stripe paypal adyen square braintree klarna interest fx "
    "forex exchange swap lending borrowing mid spot prime repo deposit dividend withdrawal "
    "tuition ticket seat aum claim budget earned owed flat payer payee buyer seller notional "
    "collateral margin shipment transportation brokerage payable receivable statement vested "
    "unvested "
    "ytd mtd qtd">;

constexpr std::span<const std::string_view> anti = words<
    "heart frame sample sampling bit baud refresh error failure success conversion bounce "
    "click open churn retention response hit growth win completion utilization utilisation "
    "learning dropout infusion request requests limit limiter flow data pulse birth death "
    "mortality attendance participation occupancy crime through adoption engagement defect "
    "scan polling poll sync frequency transmission spread unemployment vacation leave pto sick "
    "white work life load class color colour power phase energy acid nitrogen photo image "
    "photos video course courses social academic study music film author hash planner search "
    "path cpu io compute memory edge query function model latency battery solar top left right "
    "bottom inner outer layout page box css x y default field option attribute property metric "
    "sensor p core data key form input label parameter new old previous prior observed "
    "threshold param variable cell string raw hex display weight carbs carb promoter mass "
    "calories protein fat sugar vote votes word words token tokens user users session file "
    "files points point loyalty school football story public special personal human time "
    "minute minutes hours seconds duration speed velocity rotation download upload network api "
    "concurrent queue retry connection student head military heavy fire jury on off cold print">;

constexpr std::span<const std::string_view> money_parent = words<
    "order invoice quote cart basket checkout pricing fee fees total totals wallet payment "
    "billing price cost amount tax discount balance salary charge premium rent money budget "
    "refund payout shipping deposit ratecard financials revenue expense commission wage "
    "subtotal bill purchase booking transaction settlement transfer loan earnings income tip "
    "proposal estimate">;

constexpr std::span<const std::string_view> counting_parent = words<
    "pagination paging page stats stat statistics count storage disk sensor vote token score "
    "progress test result results usage memory weight distance battery heart metric field "
    "option select label header limit limits load color colour life white image photo course "
    "api display layout box domain asp cargo nutrition planner search gas review rating "
    "duration pto leave quota cpu telemetry traffic click view visit session user download "
    "upload poll survey exam grade student attendance inventory stock file row record hit "
    "request queue job task message email analytics counts counter bit frame sample game match "
    "player dimensions geometry temperature">;

constexpr std::span<const std::string_view> coin =
    words<"cent cents pence penny paise centimes kopeks centavos">;

constexpr std::span<const std::string_view> minor_unit =
    words<"cent cents pence penny paise minor micros micro centimes kopeks centavos fils">;

// Beside these an amount is mostly finer than cents: prices of one unit, of what is metered, of
// coins of a chain.
constexpr std::span<const std::string_view> fine = words<
    "unit token prompt completion llm usage metered kwh gb mb impression view click request "
    "second sms crypto btc eth usdc usdt satoshi sat wei gwei gas lamport">;

// Codes that are also words (all, top, try, cup, mad, pen ...) are left out here; they count as
// values.
constexpr std::span<const std::string_view> iso = words<
    "usd eur gbp aud nzd cad jpy chf cny rmb hkd sgd inr krw sek nok dkk pln czk huf brl mxn "
    "zar thb idr myr php twd vnd aed sar ils uah kzt ngn kes egp clp ars bgn isk hrk qar kwd "
    "pkr lkr bdt btc eth usdc usdt">;

constexpr std::span<const std::string_view> iso_codes = words<
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR "
    "FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD "
    "JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER "
    "ZAR ZMW ZWL">;

constexpr std::span<const std::string_view> setting = words<
    "default preferred base display local supported home reporting native allowed accepted "
    "available functional system company user account different enabled primary secondary site "
    "all">;

constexpr std::span<const std::string_view> business = words<
    "quantity qty status sku unit moq stock date customer approved valid menge cantidad "
    "quantite">;

constexpr std::span<const std::string_view> count =
    words<"quantity qty moq stock menge cantidad quantite">;

constexpr std::span<const std::string_view> exchange = words<
    "exchange fx forex interest lending borrowing apr apy mortgage loan vat gst change cambio "
    "horaire wechsel interes interet swap">;

constexpr std::span<const std::string_view> moment = words<
    "initial final remaining previous prior old new start starting end ending begin beginning "
    "bod eod bop eop "
    "statement vested unvested average avg lowest highest min max minimum maximum last "
    "maintenance">;

constexpr std::span<const std::string_view> flow =
    words<"payment payout charge debit credit transfer processing refund settlement">;

constexpr std::span<const std::string_view> effort = words<
    "hash bcrypt scrypt argon argon2 pbkdf password key work factor search path planner plan query "
    "optimizer heuristic edge node graph traversal page tuple operator cpu io disk memory mem load "
    "function gradient error class parameter param variable cell string startup seek insertion "
    "deletion substitution transition x y mana stamina time">;

constexpr std::span<const std::string_view> toggle =
    words<"enable disable show hide display include exclude ignore skip sort filter">;

constexpr std::span<const std::string_view> glued_left = words<
    "unit item sales sale net gross list retail base cost total grand sub subtotal tax fee "
    "hourly daily line order shipping discount product full min max original final room day "
    "night vat gst refund payment invoice cart price amount avg special regular purchase "
    "selling market">;
constexpr std::span<const std::string_view> glued_right =
    words<"price prices cost costs amount total fee fees rate tax value charge amt usd eur gbp">;

constexpr std::span<const std::string_view> glued_suffixes = words<
    "preis betrag kosten gebuehr gebuhr steuer rabatt gehalt umsatz prijs bedrag pris fiyati "
    "ucreti harga">;
constexpr std::span<const std::string_view> glued_rates = words<
    "steuersatz stundensatz tagessatz zinssatz mehrwertsteuersatz mwstsatz rabattsatz "
    "wechselkurs umrechnungskurs steuerprozent skattesats momssats vaxelkurs valutakurs "
    "rantesats wisselkoers rentepercentage uurtarief btwpercentage timlon">;
constexpr std::span<const std::string_view> not_glued = words<"enterpris">;

struct ScriptWord {
  std::string_view text;
  Script meaning;
};
// Longest and most specific first; the first hit decides.
constexpr ScriptWord script_words[] = {
    {"количество", Script::negative},
    {"способ", Script::negative},
    {"статус", Script::negative},
    {"срок", Script::negative},
    {"кількість", Script::negative},
    {"ставка", Script::rate},
    {"процент", Script::rate},
    {"відсоток", Script::rate},
    {"订单号", Script::negative},
    {"编号", Script::negative},
    {"名称", Script::negative},
    {"日期", Script::negative},
    {"数量", Script::negative},
    {"番号", Script::negative},
    {"번호", Script::negative},
    {"类型", Script::negative},
    {"дата", Script::negative},
    {"номер", Script::negative},
    {"название", Script::negative},
    {"货币", Script::currency},
    {"币种", Script::currency},
    {"通貨", Script::currency},
    {"통화", Script::currency},
    {"валюта", Script::currency},
    {"عملة", Script::currency},
    {"العملة", Script::currency},
    {"税率", Script::rate},
    {"汇率", Script::rate},
    {"利率", Script::rate},
    {"為替", Script::rate},
    {"折扣率", Script::rate},
    {"세율", Script::rate},
    {"환율", Script::rate},
    {"курс", Script::rate},
    {"价格", Script::amount},
    {"价钱", Script::amount},
    {"单价", Script::amount},
    {"总价", Script::amount},
    {"金额", Script::amount},
    {"费用", Script::amount},
    {"運賃", Script::amount},
    {"折扣", Script::amount},
    {"工资", Script::amount},
    {"佣金", Script::amount},
    {"税额", Script::amount},
    {"税金", Script::amount},
    {"價格", Script::amount},
    {"金額", Script::amount},
    {"費用", Script::amount},
    {"価格", Script::amount},
    {"料金", Script::amount},
    {"税額", Script::amount},
    {"単価", Script::amount},
    {"給与", Script::amount},
    {"割引", Script::amount},
    {"手数料", Script::amount},
    {"가격", Script::amount},
    {"금액", Script::amount},
    {"비용", Script::amount},
    {"요금", Script::amount},
    {"세금", Script::amount},
    {"할인", Script::amount},
    {"급여", Script::amount},
    {"수수료", Script::amount},
    {"단가", Script::amount},
    {"цена", Script::amount},
    {"стоимость", Script::amount},
    {"скидка", Script::amount},
    {"налог", Script::amount},
    {"зарплата", Script::amount},
    {"комиссия", Script::amount},
    {"ндс", Script::amount},
    {"выручка", Script::amount},
    {"سعر", Script::amount},
    {"السعر", Script::amount},
    {"مبلغ", Script::amount},
    {"تكلفة", Script::amount},
    {"ضريبة", Script::amount},
    {"خصم", Script::amount},
    {"راتب", Script::amount},
    {"رسوم", Script::amount},
    {"сумма", Script::amount},
    {"итого", Script::amount},
    {"аванс", Script::amount},
    {"задолженность", Script::amount},
    {"выплата", Script::amount},
    {"премия", Script::amount},
    {"ціна", Script::amount},
    {"сума", Script::amount},
    {"вартість", Script::amount},
    {"податок", Script::amount},
    {"знижка", Script::amount},
    {"τιμή", Script::amount},
    {"ποσό", Script::amount},
    {"φπα", Script::amount},
    {"מחיר", Script::amount},
    {"סכום", Script::amount},
    {"ราคา", Script::amount},
    {"ยอดเงิน", Script::amount},
    {"मूल्य", Script::amount},
    {"राशि", Script::amount},
    {"कीमत", Script::amount},
};

std::span<const std::string_view> list_of(Role role) {
  switch (role) {
    case Role::strong:
      return strong;
    case Role::weak:
      return weak;
    case Role::rate:
      return rate;
    case Role::currency:
      return currency;
    case Role::foreign_rate:
      return foreign_rate;
    case Role::negative:
      return negative;
    case Role::lead:
      return lead;
    case Role::qualifier:
      return qualifier;
    case Role::cut:
      return cut;
    case Role::context:
      return context;
    case Role::anti:
      return anti;
    case Role::money_parent:
      return money_parent;
    case Role::counting_parent:
      return counting_parent;
    case Role::minor_unit:
      return minor_unit;
    case Role::coin:
      return coin;
    case Role::iso:
      return iso;
    case Role::setting:
      return setting;
    case Role::business:
      return business;
    case Role::count:
      return count;
    case Role::exchange:
      return exchange;
    case Role::moment:
      return moment;
    case Role::flow:
      return flow;
    case Role::fine:
      return fine;
    case Role::head_first:
      return head_first;
    case Role::head_first_negative:
      return head_first_negative;
    case Role::spoken_for:
      return spoken_for;
    case Role::effort:
      return effort;
    case Role::toggle:
      return toggle;
  }
  return {};
}

bool contains(std::span<const std::string_view> list, std::string_view word) {
  return std::binary_search(list.begin(), list.end(), word);
}

}  // namespace

bool has_role(std::string_view token, Role role) {
  const std::span<const std::string_view> list = list_of(role);
  if (contains(list, token)) return true;
  // Plurals: fees, taxes, royalties.
  if (token.size() < 4 || token.back() != 's') return false;
  const std::string_view singular = token.substr(0, token.size() - 1);
  if (contains(list, singular)) return true;
  if (singular.back() != 'e') return false;
  if (contains(list, singular.substr(0, singular.size() - 1))) return true;
  if (!singular.ends_with("ie") || singular.size() > 30) return false;
  char with_y[32];
  const std::size_t stem = singular.size() - 2;
  std::copy_n(singular.data(), stem, with_y);
  with_y[stem] = 'y';
  return contains(list, {with_y, stem + 1});
}

bool is_iso_currency(std::string_view code) {
  constexpr std::size_t letters = 3;
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return code.size() == letters && std::all_of(code.begin(), code.end(), upper) &&
         contains(iso_codes, code);
}

std::size_t compound_split(std::string_view token) {
  for (std::size_t length = 3; length + 3 <= token.size() && length <= 8; ++length) {
    if (contains(glued_left, token.substr(0, length)) &&
        contains(glued_right, token.substr(length)))
      return length;
  }
  return 0;
}

bool ends_in_money(std::string_view token) {
  if (contains(not_glued, token)) return false;
  return std::any_of(glued_suffixes.begin(), glued_suffixes.end(),
                     [token](std::string_view suffix) {
                       return token.size() > suffix.size() + 2 && token.ends_with(suffix);
                     });
}

bool ends_in_rate(std::string_view token) { return contains(glued_rates, token); }

namespace {

// Cyrillic capitals as small letters: Сумма is сумма.
std::string small_letters(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    const auto first = static_cast<unsigned char>(out[i]);
    const auto second = static_cast<unsigned char>(out[i + 1]);
    if (first != 0xd0) continue;
    if (second >= 0x90 && second <= 0x9f) {  // А to П
      out[i + 1] = static_cast<char>(second + 0x20);
    } else if (second >= 0xa0 && second <= 0xaf) {  // Р to Я
      out[i] = static_cast<char>(0xd1);
      out[i + 1] = static_cast<char>(second - 0x20);
    } else if (second >= 0x80 && second <= 0x8f) {  // Ё, І, Ї ...
      out[i] = static_cast<char>(0xd1);
      out[i + 1] = static_cast<char>(second + 0x10);
    }
    ++i;
  }
  return out;
}

}  // namespace

Script script_word(std::string_view key) {
  const std::string small = small_letters(key);
  for (const ScriptWord& word : script_words) {
    if (small.find(word.text) != std::string::npos) return word.meaning;
  }
  return Script::none;
}

bool is_money_limit(std::string_view before, std::string_view head) {
  return head == "limit" &&
         (before == "credit" || before == "spend" || before == "spending" || before == "budget" ||
          before == "balance" || before == "overdraft" || before == "withdrawal");
}

}  // namespace migguard::jsonb
