import { type WordFamilies, wordFinder } from "./word-families.ts";

/** What the words of a transport's document introduce. `place` is one that is no port: where goods are taken over or given. */
export type TransportMeaning = "loading" | "discharge" | "place" | "vessel" | "voyage" | "container" | "seal";

/**
 * As regular expressions over folded text: English, German, French, Italian, Spanish, Dutch, Polish. Each begins a word.
 */
const WORDS: WordFamilies<TransportMeaning> = [
  [
    "loading",
    [
      ...["port of (?:loading|lading|shipment|departure)", "loading port", "load port", "pol(?!\\p{L})"],
      ...["(?:ver)?ladehafen", "abgangshafen", "abladehafen", "verschiffungshafen"],
      ...["port (?:de |d')(?:chargement|embarquement|depart)", "porto (?:di |d')(?:carico|imbarco|partenza)"],
      ...["puerto de (?:carga|embarque|origen)", "laadhaven", "haven van lading", "port (?:zaladunku|nadania)"],
    ],
  ],
  [
    "discharge",
    [
      ...["port of (?:discharge|unloading|destination|arrival)", "discharge port", "destination port", "pod(?!\\p{L})"],
      ...["(?:ent)?loschhafen", "entladehafen", "bestimmungshafen", "zielhafen", "ankunftshafen"],
      ...["port de (?:dechargement|debarquement|destination)", "porto di (?:scarico|sbarco|destinazione|arrivo)"],
      ...["puerto de (?:descarga|destino|desembarque)", "loshaven", "haven van (?:lossing|bestemming)"],
      ...["port (?:rozladunku|wyladunku|przeznaczenia)"],
    ],
  ],
  [
    "place",
    [
      ...["place of (?:receipt|delivery|issue)", "final (?:destination|place)", "place and date", "freight payable at"],
      ...[
        "ubernahmeort",
        "ablieferungsort",
        "lieu de (?:reception|livraison|prise)",
        "luogo di (?:ricevimento|consegna)",
      ],
      ...["lugar de (?:recepcion|recogida|entrega)", "plaats van (?:ontvangst|aflevering)"],
    ],
  ],
  [
    "vessel",
    [
      ...[
        "(?:ocean |exporting )?vessel",
        "ship(?: name)?(?!\\p{L})",
        "carrying vessel",
        "seeschiff",
        "schiff(?:sname)?(?!\\p{L})",
      ],
      ...["navire", "nave(?!\\p{L})", "buque", "zeeschip", "schip(?!\\p{L})", "statek"],
    ],
  ],
  ["voyage", ["voyage", "voy(?!\\p{L})", "reise", "viaggio", "viaje", "reis(?!\\p{L})", "rejs", "podroz"]],
  ["container", ["containers?", "cntr", "ctr", "conteneur", "contenitore", "contenedor", "kontener"]],
  [
    "seal",
    [
      "seals?",
      "siegel",
      "plomben?",
      "plombs?",
      "scelle",
      "sigill[oi]",
      "precinto",
      "zegel",
      "verzegeling",
      "plomb[ay]",
    ],
  ],
];
export const transportWords = wordFinder(WORDS);
