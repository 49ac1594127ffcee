/**
 * Words by which people call the one amount that a bill is about, in the languages of the documents that reach us, without
 * accents and in lower case. They only ever say which of the printed amounts is the total; no amount is read by them.
 */

const PAYABLE =
  /zahlbetrag|zu (?:be)?zahlen|to be paid|unpaid|outstanding|zu uberweisen|\bdue\b(?! date)|to pay\b|payable|a payer|a pagare|da pagare|a pagar|te betalen|te voldoen|do zap[lł]aty|k uhrade|na uhradu|att betala|at betale|a betale|til betaling|maksettava|fizetendo|de plata|za placilo|za uplatu|odenecek|お支払|請求金額|請求額/;
const PAYMENT =
  /paid|payments?\b(?! (?:terms?|due|by|until|within))|deposit|advance|received|anzahlung|vorauszahlung|abschlagszahlung|teilzahlung|bezahlt|gezahlt|erhalten|zahlungseingang|guthaben|\bpaye|acompte|paiement recu|\bregle\b|\bverse\b|pagato|acconto|pagado|anticipo|betaald|aanbetaling|voldaan|zap[lł]acon|zaliczk|zaplacen|uhrazen|zaloh|betalt|forskott|forskud|maksettu|ennakko|kifizet|eloleg|achitat|avans|placeno|odenen|入金|前払/;
/** What a till prints for a payment: by what means. */
const MEANS =
  /\bvisa\b|master ?card|\bmaestro\b|\bamex\b|american express|girocard|\b(?:ec|kredit|debit|bank)-? ?karten?|kartenzahlung|\b(?:credit|debit) card\b(?! (?:fee|surcharge))|card ending|tendered|^\W*(?:cash|bar|gegeben|geg)\b|carte bancaire|especes|contanti|bancomat|tarjeta|efectivo|contactless|paypal|pinbetaling/;
const WITHHOLDING =
  /withh(?:eld|olding)|\bwht\b|\btds\b|\bi\.?r\.?p\.?f\b|\birrf\b|\bisr\b|retenci?on|retenid|retenu|retenc|retencao|\bretido|ritenut|\brit\.? ?acc|quellensteuer|verrechnungssteuer|abzugsteuer|bauabzug|bronbelasting|\bstopaj\b|tevkifat|源泉/;
const TOTAL =
  /total|gesamt|summe|\bsumma\b|brutto(?!preis|gew)|betrag|\bttc\b|montant|\bimport[oe]\b|totaal|bedrag|\bsuma\b|razem|celkem|spolu|\bi alt\b|yhteensa|osszesen|ukupno|skupaj|toplam|συνολο|итого|всего|合計|总计|합계/;
/** Sums that are not the whole: before tax, of tax, of a page, of what is added or taken off, of what is weighed. */
const PART =
  /netto|\bnet\b|ohne|zzgl|ex[ck]l|without|before|\bht\b|hors|imponibile|basis|\bbase\b|warenwert|sub ?-?total|zwischen|ubertrag|carr(?:y|ied)|report|steuer|\bust\b|mwst|\bvat\b|\btva\b|\biva\b|\bbtw\b|\bgst\b|\btax|\bmoms\b|\bdph\b|zuschl|abschl|rabatt|discount|allowance|charge|freight|fracht|versand|rundung|rounding|position|gewicht|weight|packages|colli|小計|税/;
const WITH_TAX = /in[ck]l|\bttc\b|\bmit\b|\bwith\b|compres|税込/;

/** Whether a label names the total with tax, or what of it is to be paid. */
export function namesTotal(label: string): boolean {
  const plain = plainLetters(label);
  if (PAYABLE.test(plain)) return true;
  return TOTAL.test(plain) && !WITHHOLDING.test(plain) && (WITH_TAX.test(plain) || !PART.test(plain));
}

/** Whether a label names a sum, be it of the whole or of a part. */
export function namesSum(label: string): boolean {
  return TOTAL.test(plainLetters(label));
}

/** Whether a label names what somebody has paid. */
export function namesPayment(label: string): boolean {
  const plain = plainLetters(label);
  return (PAYMENT.test(plain) || MEANS.test(plain)) && !PAYABLE.test(plain);
}

/** Whether a label names tax on the vendor's income, which the buyer keeps back. */
export function namesWithholding(label: string): boolean {
  return WITHHOLDING.test(plainLetters(label));
}

function plainLetters(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
