/** Languages that documents of trade are written in, and countries that call things otherwise than their language does. */
export const LANGUAGES: readonly string[] = [
  ...["ar", "ar-DZ", "ar-IQ", "ar-MA", "az", "be", "bg", "bn", "bs", "bs-Cyrl", "ca", "cs", "cy", "da", "de", "de-AT"],
  ...["el", "en", "en-AU", "en-CA", "en-GB", "es", "es-PE", "et", "eu", "fa", "fi", "fil", "fo", "fr", "fr-CA", "ga"],
  ...["gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "km", "kn", "ky", "lb", "lo", "lt", "lv"],
  ...["mk", "ml", "mr", "ms", "mt", "my", "nb", "ne", "nl", "nn", "pa", "pl", "pt", "pt-PT", "ro", "ru", "si", "sk"],
  ...["sl", "sq", "sr", "sr-Latn", "sv", "sw", "ta", "te", "th", "tk", "tr", "uk", "ur", "uz", "uz-Cyrl", "zu", "af"],
];
