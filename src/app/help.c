#include "app/help.h"

#include "app/app.h"

#include <string.h>

struct page {
    const char *verb;
    const char *usage;
    const char *does[VG_LANG_COUNT];
    const char *text[VG_LANG_COUNT];
};

static const struct page PAGES[] = {
    {"new",
     "vigie new [DIR] [--border ML-SN] [--name NAME]",
     {"write a starter watch with comments", "écrire une veille de départ, commentée"},
     {"  DIR              where to write it (default: the name)\n"
      "  --border A-B     take the border between two countries (ISO codes or names)\n"
      "  --name NAME      name of the watch\n"
      "Nothing that exists is overwritten.",
      "  DIR              où l'écrire (par défaut : le nom)\n"
      "  --border A-B     prendre la frontière entre deux pays (codes ISO ou noms)\n"
      "  --name NOM       nom de la veille\n"
      "Rien d'existant n'est écrasé."}},
    {"plan",
     "vigie plan WATCH [-o PLAN.json] [--time T] [--least-drones 4h] [--curve CURVE.svg]",
     {"timetable, worst gap, proven bound", "tableau de marche, pire écart, borne prouvée"},
     {"  -o PLAN.json     write the plan there (default: print the table only)\n"
      "  --json           print the plan itself on standard output\n"
      "  --time T         look for a better plan so long (default: 10s); Ctrl-C: the best so far\n"
      "  --seed N         another order of trials (default: 1)\n"
      "  --moves N        trials per thread; where the time allows them, the same watch gives the "
      "same plan\n"
      "  --unpredictable 20%  give away so much of the time, so that nobody learns when a drone "
      "comes;\n"
      "                   less where the promise does not allow it\n"
      "  --without V7     plan without this drone (may be repeated) and say what that costs\n"
      "  --suggest-bases PLACES.csv  which place helps most as one more base (name, lat, lon)\n"
      "  --date D         first day to plan for, where daylight matters, such as 2026-12-21\n"
      "                   (default: today); the plan is for seven days\n"
      "  --wider          bounds for flights that turn back or land at another base too (slow)\n"
      "  --least-drones T how many drones, and where, for a worst gap of T: proven least beside "
      "planned\n"
      "  --curve C.svg    the price of a promise: drones for promises from long to short, as "
      "table\n"
      "                   and picture (\"-\": table only); --time: at most so long (default: 60s)\n"
      "Exit 1 when the planned worst gap is above the promise, or drones come too near to each "
      "other.",
      "  -o PLAN.json     y écrire le plan (par défaut : seulement le tableau)\n"
      "  --json           écrire le plan lui-même sur la sortie standard\n"
      "  --time T         chercher mieux pendant ce temps (par défaut : 10s) ; Ctrl-C : le "
      "meilleur "
      "trouvé\n"
      "  --seed N         un autre ordre d'essais (par défaut : 1)\n"
      "  --moves N        essais par fil ; si le temps y suffit, la même veille donne le même "
      "plan\n"
      "  --unpredictable 20%  donner cette part du temps, pour que personne n'apprenne quand un "
      "drone vient ;\n"
      "                   moins si la promesse ne le permet pas\n"
      "  --without V7     planifier sans ce drone (répétable) et dire ce que cela coûte\n"
      "  --suggest-bases LIEUX.csv  quel lieu aiderait le plus comme base de plus (name, lat, "
      "lon)\n"
      "  --date J         premier jour visé, là où la lumière compte, par exemple 2026-12-21\n"
      "                   (par défaut : aujourd'hui) ; le plan vaut pour sept jours\n"
      "  --wider          bornes aussi pour des vols qui font demi-tour ou atterrissent ailleurs "
      "(lent)\n"
      "  --least-drones T combien de drones, et où, pour un pire écart de T : minimum prouvé et "
      "plan\n"
      "  --curve C.svg    le prix d'une promesse : drones pour des promesses de longues à "
      "courtes,\n"
      "                   en tableau et en image (« - » : tableau seul) ; --time : au plus (60s)\n"
      "Code 1 si le pire écart prévu dépasse la promesse, ou si des drones s'approchent trop."}},
    {"check",
     "vigie check PLAN.json WATCH",
     {"replay a plan by the definitions alone", "rejouer un plan par les seules définitions"},
     {"Floors, ceilings and required radio are judged on the watch's elevation.\n"
      "Exit 0: the plan holds. Exit 1: the first violation is named.",
      "Planchers, plafonds et radio exigée sont jugés sur le relief de la veille.\n"
      "Code 0 : le plan tient. Code 1 : la première violation est nommée."}},
    {"run",
     "vigie run WATCH [--sim] [--speed N] [--for T] [--record R]",
     {"the station: fly, see, warn, serve the page",
      "la station : voler, voir, alerter, servir la page"},
     {"  --sim            with the simulated fleet, launches without asking\n"
      "  --speed N        N times real time (only with --sim)\n"
      "  --for T          stop by itself after T of wall time (\"60s\")\n"
      "  --record R       the record (default: beside the watch file)\n"
      "  --plan P.json    fly this plan instead of planning afresh\n"
      "  --time T         look for a better plan so long before the first start (default: 10s; 0s: "
      "the first plan)\n"
      "  --listen H:P     where the page is served (default: the watch's)\n"
      "  --seed S         seed of the simulation\n"
      "  --fault TEXT     simulated fault, e.g. \"V3 silent 600s 300s\", \"wind 1h 9m/s 60deg\"\n"
      "                   (may be repeated; kinds: docs/sim.md)\n"
      "  --scenario FILE  simulated faults, one a line\n"
      "  --autopilot A    what the simulated drones speak: ardupilot, px4\n"
      "  --port-base P    UDP ports of the links from P up, whatever the watch says\n"
      "  --sim-ports P    the simulated fleet sends to ports from P up (for a relay in between)\n"
      "  --intruders N    simulated walkers, groups, vehicles and herds near the line, and what "
      "the\n"
      "                   drones' cameras detect of them; --truth FILE: where they truly are\n"
      "  --ask            with --sim: wait for the pilot's consent as with real drones",
      "  --sim            avec la flotte simulée, décollages sans demander\n"
      "  --speed N        N fois le temps réel (seulement avec --sim)\n"
      "  --for T          s'arrêter seul après T de temps réel (« 60s »)\n"
      "  --record R       le registre (par défaut : à côté du fichier de veille)\n"
      "  --plan P.json    voler ce plan au lieu d'en calculer un\n"
      "  --time T         chercher un meilleur plan pendant ce temps avant le premier départ (par "
      "défaut : 10s ; 0s : le premier plan)\n"
      "  --listen H:P     où la page est servie (par défaut : selon la veille)\n"
      "  --seed S         graine de la simulation\n"
      "  --fault TEXTE    panne simulée, p. ex. \"V3 silent 600s 300s\", \"wind 1h 9m/s 60deg\"\n"
      "                   (répétable ; sortes : docs/sim.md)\n"
      "  --scenario FICH  pannes simulées, une par ligne\n"
      "  --autopilot A    ce que parlent les drones simulés : ardupilot, px4\n"
      "  --port-base P    ports UDP des liaisons à partir de P, quoi que dise la veille\n"
      "  --sim-ports P    la flotte simulée émet vers les ports à partir de P (pour un relais "
      "entre deux)\n"
      "  --intruders N    marcheurs, groupes, véhicules et troupeaux simulés près de la ligne, et "
      "ce\n"
      "                   que les caméras des drones en détectent ; --truth FICHIER : où ils sont "
      "vraiment\n"
      "  --ask            avec --sim : attendre l'accord du pilote comme pour de vrais drones"}},
    {"sim",
     "vigie sim WATCH [--plan PLAN.json] [--speed N] [--seed S] [--for T] [--scenario FILE] "
     "[--fault TEXT]",
     {"the fleet in a box: one MAVLink endpoint a drone",
      "la flotte en boîte : un point MAVLink par drone"},
     {"Each drone speaks MAVLink 2 over UDP to the port of its link; any ground station may\n"
      "listen. --fault \"V3 silent 600s 300s\": V3 falls silent after 600 s for 300 s;\n"
      "\"wind 1h 9m/s 60deg\": after an hour the wind blows from 60 degrees at 9 m/s.\n"
      "--scenario FILE: such lines from a file. DRONE (or all), KIND, AT, then its values:\n"
      "  silent|deaf|mute FOR, loss|duplicate|reorder|corrupt|truncate FOR SHARE, rate FOR "
      "1200B/s,\n"
      "  delay FOR TIME [JITTER], no-position FOR, gps-jump FOR LENGTH ANGLE, battery SHARE, "
      "cell,\n"
      "  crash, reboot FOR, stuck-upload|says-landed|wrong-item|acts-not|frozen FOR\n"
      "--autopilot px4: they speak as PX4 does; each as its type's kind (plane, quadplane, "
      "copter).\n"
      "--plan: drones that the watch gives no base stand where this plan flies them from.",
      "Chaque drone parle MAVLink 2 en UDP vers le port de sa liaison ; toute station au sol peut\n"
      "écouter. --fault \"V3 silent 600s 300s\" : V3 se tait après 600 s pendant 300 s ;\n"
      "\"wind 1h 9m/s 60deg\" : après une heure le vent souffle du 60 à 9 m/s.\n"
      "--scenario FICHIER : de telles lignes dans un fichier. DRONE (ou all), SORTE, DÉBUT, "
      "valeurs :\n"
      "  silent|deaf|mute DURÉE, loss|duplicate|reorder|corrupt|truncate DURÉE PART,\n"
      "  rate DURÉE 1200B/s, delay DURÉE RETARD [GIGUE], no-position DURÉE,\n"
      "  gps-jump DURÉE LONGUEUR ANGLE, battery PART, cell, crash, reboot DURÉE,\n"
      "  stuck-upload|says-landed|wrong-item|acts-not|frozen DURÉE\n"
      "--autopilot px4 : ils parlent comme PX4 ; chacun selon la sorte (kind) de son type.\n"
      "--plan : les drones auxquels la veille ne donne pas de base se tiennent là d'où ce plan\n"
      "les fait voler."}},
    {"verify",
     "vigie verify RECORD [--key PUBLIC.pub]",
     {"check the chain and the signatures of a record",
      "vérifier la chaîne et les signatures d'un registre"},
     {"Exit 0: whole. Exit 1: says which event is the first that does not hold.",
      "Code 0 : intact. Code 1 : dit quel événement est le premier à ne pas tenir."}},
    {"replay",
     "vigie replay RECORD [--listen H:P]",
     {"show a finished watch on the page, with a time slider",
      "montrer une veille passée sur la page, avec un curseur de temps"},
     {"  --listen H:P     where the page is served (default 127.0.0.1:8080)\n"
      "  --for T          stop by itself after T",
      "  --listen H:P     où la page est servie (par défaut 127.0.0.1:8080)\n"
      "  --for T          s'arrêter seul après T"}},
    {"sight",
     "vigie sight WATCH --plan PLAN.json | --path FLIGHT.geojson\n"
     "vigie sight WATCH|DEM --at LAT,LON,H [-o SEEN.tif] | --best-of PLACES.csv",
     {"what will be seen, and what the hills hide", "ce qui sera vu, et ce que le relief cache"},
     {"  --plan P.json    fly the plan dry with the watch's cameras: the ground that no pass sees, "
      "and\n"
      "                   a pass that would see it; exit 1 if some of the line would not count\n"
      "  --path F.geojson the same for one flight, at the height of its type (--type NAME)\n"
      "  --at LAT,LON,H   what is seen from H metres above the ground there, exactly\n"
      "  -o SEEN.tif      as a GeoTIFF: 1 seen, 0 hidden; with --needed the height to be seen\n"
      "  --best-of P.csv  places (name,lat,lon) for a mast (--height M) or relay, the best first, "
      "each\n"
      "                   by what those before it do not see (--best N, default 10)\n"
      "  --range 20km     how far; --sector FROM,TO in degrees; --target M: height of what is "
      "seen\n"
      "  --cell 30m       size of cells (default: the finest elevation there)\n"
      "  --fast           nearly exact, and quicker where much is seen",
      "  --plan P.json    vole le plan à blanc avec les caméras de la veille : le sol qu'aucun "
      "passage\n"
      "                   ne voit, et un passage qui le verrait ; code 1 si une partie ne "
      "compterait pas\n"
      "  --path F.geojson de même pour un seul vol, à la hauteur de son type (--type NOM)\n"
      "  --at LAT,LON,H   ce qui est vu de H mètres au-dessus du sol à cet endroit, exactement\n"
      "  -o VU.tif        en GeoTIFF : 1 vu, 0 caché ; avec --needed la hauteur qu'il faut pour "
      "être vu\n"
      "  --best-of P.csv  lieux (name,lat,lon) pour un mât (--height M) ou un relais, le meilleur\n"
      "                   d'abord, chacun selon ce que les précédents ne voient pas (--best N, "
      "sinon 10)\n"
      "  --range 20km     jusqu'où ; --sector DE,À en degrés ; --target M : hauteur de ce qui est "
      "vu\n"
      "  --cell 30m       taille des cellules (par défaut : le relief le plus fin à cet endroit)\n"
      "  --fast           presque exact, et plus rapide où l'on voit beaucoup"}},
    {"export",
     "vigie export PLAN.json --as qgc|kml|geojson|gpx --watch WATCH -o FILE|DIR [--sortie ID]\n"
     "vigie export RECORD --as geotiff --watch WATCH -o SEEN.tif [--at TIME] [--gsd M]",
     {"a plan or a record for other programs", "un plan ou un registre pour d'autres programmes"},
     {"  --watch WATCH    the watch file it was made with\n"
      "  --as qgc         each sortie as a QGroundControl plan: the very mission that the station\n"
      "                   uploads, bases as rally points, geofence and no-fly zones as the fence;\n"
      "                   -o names a folder, or with --sortie a file\n"
      "  --as kml, geojson, gpx   all sorties (or --sortie ID) with bases and zones in one file,\n"
      "                   heights above the sea (GPX: no zones)\n"
      "  --heights terrain  with qgc: the way above the ground, for autopilots that have "
      "elevation\n"
      "                   on board (default: above the sea, as uploaded)\n"
      "  --autopilot px4  with qgc: for PX4 (default: ardupilot)\n"
      "  --as geotiff     the ground seen: when last (seconds since 1970), how often, how well (cm "
      "a\n"
      "                   pixel), 38 m Web Mercator pixels\n"
      "  --at TIME        as it was at \"2026-08-01T14:05:00Z\" (default: at the end)\n"
      "  --gsd M          only looks with a ground sample distance of M metres or better",
      "  --watch VEILLE   le fichier de veille d'origine\n"
      "  --as qgc         chaque sortie en plan QGroundControl : la mission même que la station\n"
      "                   envoie, les bases en points de ralliement, limites et zones interdites "
      "de\n"
      "                   vol en barrière ; -o nomme un dossier, ou avec --sortie un fichier\n"
      "  --as kml, geojson, gpx   toutes les sorties (ou --sortie ID) avec bases et zones dans un\n"
      "                   seul fichier, altitudes au-dessus de la mer (GPX : sans zones)\n"
      "  --heights terrain  avec qgc : le trajet au-dessus du sol, pour les autopilotes qui ont "
      "le\n"
      "                   relief à bord (par défaut : au-dessus de la mer, comme envoyé)\n"
      "  --autopilot px4  avec qgc : pour PX4 (par défaut : ardupilot)\n"
      "  --as geotiff     le sol vu : quand pour la dernière fois (secondes depuis 1970), combien "
      "de\n"
      "                   fois, à quelle finesse (cm par pixel), pixels Web Mercator de 38 m\n"
      "  --at INSTANT     tel qu'il était à « 2026-08-01T14:05:00Z » (par défaut : à la fin)\n"
      "  --gsd M          seulement les regards à M mètres par pixel ou mieux"}},
    {"tlog",
     "vigie tlog FILE.tlog [--json] [--only MESSAGE] [--sysid N] [--events FILE]",
     {"a telemetry log, for people or as JSON lines",
      "un journal de télémétrie, pour les gens ou en lignes JSON"},
     {"Modes, arming, take-off, landing, mission items and the drone's own words, with their "
      "times;\n"
      "logs of any ground station, MAVLink 1 and 2.\n"
      "  --json           every message with all its fields, one JSON object a line\n"
      "  --only MESSAGE   only this kind, such as GLOBAL_POSITION_INT (may be repeated)\n"
      "  --sysid N        only this drone\n"
      "  --events FILE    PX4's events in words, from its all_events.json or .json.xz",
      "Modes, armement, décollage, atterrissage, éléments de mission et les mots du drone, avec "
      "leurs heures ;\n"
      "journaux de toute station au sol, MAVLink 1 et 2.\n"
      "  --json           chaque message avec tous ses champs, un objet JSON par ligne\n"
      "  --only MESSAGE   seulement cette sorte, par exemple GLOBAL_POSITION_INT (répétable)\n"
      "  --sysid N        seulement ce drone\n"
      "  --events FICHIER les événements de PX4 en mots, de son all_events.json ou .json.xz"}},
    {"klv",
     "vigie klv FILE|-|udp://HOST:PORT\n"
     "vigie klv VIDEO --add FLIGHT.tlog --start TIME -o OUT.ts [--sysid N]",
     {"the metadata of a video (MISB KLV) as JSON lines",
      "les métadonnées d'une vidéo (KLV de MISB) en lignes JSON"},
     {"One packet a line: time, place in the file, every item with tag, name, value and unit, and\n"
      "what is wrong with it. Reads MPEG-TS (both ways of ST 1402), other video files and raw "
      "KLV,\n"
      "from a file, standard input (-) or the network: udp:// (multicast too), rtsp://, tcp://.\n"
      "ST 0601 tags 1 to 143, ST 0102, ST 0903, EG 0104; unknown tags as their bytes in hex.\n"
      "Weapon and laser tags (60, 61, 62, 140) are named and left as bytes.\n"
      "Exit 3 when there is no metadata.\n"
      "  --add F.tlog     for cameras without metadata: make it from the drone's telemetry (place, "
      "attitude,\n"
      "                   gimbal, field of view), ten times a second, beside the untouched video\n"
      "  --start TIME     when the first picture was taken, such as 2026-08-01T14:05:00Z\n"
      "  -o OUT.ts        MPEG-TS, a file or udp://HOST:PORT\n"
      "  --sysid N        only this drone of the log",
      "Un paquet par ligne : heure, place dans le fichier, chaque élément avec étiquette, nom, "
      "valeur\n"
      "et unité, et ce qui ne va pas. Lit le MPEG-TS (les deux manières de ST 1402), d'autres "
      "fichiers\n"
      "vidéo et le KLV brut, d'un fichier, de l'entrée standard (-) ou du réseau : udp:// "
      "(multicast\n"
      "aussi), rtsp://, tcp://. ST 0601 étiquettes 1 à 143, ST 0102, ST 0903, EG 0104 ; les "
      "étiquettes\n"
      "inconnues en octets hexadécimaux. Celles d'armes et de laser (60, 61, 62, 140) sont nommées "
      "et\n"
      "laissées en octets. Code 3 s'il n'y a pas de métadonnées.\n"
      "  --add V.tlog     pour les caméras sans métadonnées : les faire de la télémétrie du drone "
      "(position,\n"
      "                   attitude, nacelle, champ), dix fois par seconde, à côté de la vidéo "
      "intacte\n"
      "  --start INSTANT  quand la première image a été prise, par exemple 2026-08-01T14:05:00Z\n"
      "  -o SORTIE.ts     MPEG-TS, un fichier ou udp://HÔTE:PORT\n"
      "  --sysid N        seulement ce drone du journal"}},
    {"track",
     "vigie track FILE|- [-o TRACKS.jsonl] [--every 1s] [--all] [--max-tracks N]",
     {"measurements in, tracks out, as JSON lines", "des mesures aux pistes, en lignes JSON"},
     {"Reads a JSON line for each look of a camera, radar or receiver and each report of a person\n"
      "(docs/formats.md), and tells after each of them what is there: a line a track, with place,\n"
      "velocity, covariance, chance that it exists, class. Works on a file or on a live pipe.\n"
      "  -o TRACKS.jsonl  write there (default: standard output)\n"
      "  --every 1s       one line a second with all tracks, predicted to that second\n"
      "  --all            those that are not yet sure too, and those that ended\n"
      "  --max-tracks N   never more (default: 50000); the least likely go first\n"
      "  --origin LAT,LON where metres are counted from, for a stream with metres and degrees\n"
      "  --keep-going     tell bad lines and leave them out\n"
      "Exit 3: a line was bad.",
      "Lit une ligne JSON par regard d'une caméra, d'un radar ou d'un récepteur et par compte "
      "rendu\n"
      "d'une personne (docs/formats.md), et dit après chacune ce qui est là : une ligne par piste, "
      "avec\n"
      "lieu, vitesse, covariance, probabilité d'existence, classe. Sur un fichier ou en direct.\n"
      "  -o PISTES.jsonl  écrire là (par défaut : sortie standard)\n"
      "  --every 1s       une ligne par seconde avec toutes les pistes, prédites à cette seconde\n"
      "  --all            aussi celles qui ne sont pas encore sûres, et celles qui ont pris fin\n"
      "  --max-tracks N   jamais plus (par défaut : 50000) ; les moins probables partent d'abord\n"
      "  --origin LAT,LON d'où sont comptés les mètres, pour un flux en mètres et en degrés\n"
      "  --keep-going     signaler les mauvaises lignes et les laisser de côté\n"
      "Code 3 : une ligne était mauvaise."}},
    {"look",
     "vigie look VIDEO|udp://HOST:PORT [--mot FILE] [-o FILE]",
     {"what moves on the ground in a video, as JSON lines",
      "ce qui bouge au sol dans une vidéo, en lignes JSON"},
     {"One detection a line: picture, track, box, speed; in metres too where the video has "
      "metadata\n"
      "(KLV). Nobody is identified. Files and the network: udp:// (multicast too), rtsp://.\n"
      "  -o FILE     the JSON lines into FILE instead of standard output\n"
      "  --mot FILE  tracks as `frame,id,x,y,w,h,score` lines, the form that scorers read; without "
      "-o\n"
      "              no JSON lines then",
      "Une détection par ligne : image, piste, cadre, vitesse ; en mètres aussi si la vidéo a des\n"
      "métadonnées (KLV). Personne n'est identifié. Fichiers et réseau : udp:// (multicast aussi), "
      "rtsp://.\n"
      "  -o FICHIER     les lignes JSON dans FICHIER au lieu de la sortie standard\n"
      "  --mot FICHIER  les pistes en lignes `frame,id,x,y,w,h,score`, la forme que lisent les "
      "outils de\n"
      "                 mesure ; sans -o pas de lignes JSON alors"}},
    {"traffic",
     "vigie traffic FILE|- --as KIND [--at LAT,LON] [--sky]",
     {"what a receiver of aircraft or ships says",
      "ce que dit un récepteur d'aéronefs ou de navires"},
     {"For setting up a receiver: each thing that its bytes say of an aircraft, drone or ship, a\n"
      "JSON line each. From a live one: nc HOST 30005 | vigie traffic - --as beast\n"
      "  --as KIND        beast, avr, sbs, gdl90, ais, mavlink, remote-id (a pcap capture)\n"
      "  --at LAT,LON     where the receiver stands, for aircraft on the ground\n"
      "  --sky            only what was there at the end, each contact once\n"
      "Exit 1: not one message in it.",
      "Pour installer un récepteur : chaque chose que ses octets disent d'un aéronef, d'un drone "
      "ou\n"
      "d'un navire, une ligne JSON chacune. En direct : nc HÔTE 30005 | vigie traffic - --as "
      "beast\n"
      "  --as GENRE       beast, avr, sbs, gdl90, ais, mavlink, remote-id (une capture pcap)\n"
      "  --at LAT,LON     où se trouve le récepteur, pour les aéronefs au sol\n"
      "  --sky            seulement ce qui était là à la fin, chaque contact une fois\n"
      "Code 1 : pas un seul message."}},
    {"terrain",
     "vigie terrain check WATCH",
     {"whether the elevation files suffice", "si les fichiers d'altitudes suffisent"},
     {"Lists the elevation files with their cells, vertical datum (stated in the watch, read from\n"
      "the file or assumed), bounds and voids. Then looks at the ground every 100 m: the line's\n"
      "watch depth and the cameras' range to each side, and the ways from the bases to the "
      "nearest\n"
      "part of the line. Names the tiles of a degree (N14W012) where no file lies (missing) or "
      "the\n"
      "files have no height (void), and the kilometres of the line beside them.\n"
      "Exit 0: complete. Exit 1: something is missing.",
      "Énumère les fichiers d'altitudes : mailles, référence verticale (indiquée dans la veille,\n"
      "lue dans le fichier ou supposée), étendue et lacunes. Puis regarde le sol tous les 100 m :\n"
      "la profondeur de veille de la ligne et la portée des caméras de chaque côté, et les "
      "trajets\n"
      "des bases à la partie la plus proche de la ligne. Nomme les tuiles d'un degré (N14W012) où\n"
      "il n'y a pas de fichier (missing) ou pas d'altitude (void), et les kilomètres de ligne\n"
      "voisins. Code 0 : complet. Code 1 : il manque quelque chose."}},
    {"help",
     "vigie help [VERB]",
     {"this", "ceci"},
     {"Every command takes --lang fr|en and --json.\n"
      "Exit codes: 0 done, 1 answered no, 2 usage, 3 bad input, 4 something outside failed.",
      "Chaque commande accepte --lang fr|en et --json.\n"
      "Codes : 0 fait, 1 réponse négative, 2 usage, 3 mauvaise entrée, 4 panne extérieure."}},
};
enum {
    N_PAGES = sizeof PAGES / sizeof PAGES[0]
};

static const struct page *find(const char *verb)
{
    for (int i = 0; i < N_PAGES; i++) {
        if (strcmp(PAGES[i].verb, verb) == 0) {
            return &PAGES[i];
        }
    }
    return NULL;
}

void vg_help_overview(enum vg_lang lang, FILE *to)
{
    fprintf(to, lang == VG_LANG_FR
                    ? "Vigie garde une longue ligne sous surveillance avec une petite flotte de "
                      "drones sans arme.\n\n"
                    : "Vigie keeps a long line watched with a small fleet of unarmed drones.\n\n");
    for (int i = 0; i < N_PAGES; i++) {
        fprintf(to, "  %-8s %s\n", PAGES[i].verb, PAGES[i].does[lang]);
    }
    fprintf(to, "\n  vigie help VERB\n");
}

const char *vg_help_usage(const char *verb, enum vg_lang lang)
{
    (void)lang;
    const struct page *p = find(verb);
    return p != NULL ? p->usage : "vigie VERB ...";
}

const char *vg_help_text(const char *verb, enum vg_lang lang)
{
    const struct page *p = find(verb);
    return p != NULL ? p->text[lang] : NULL;
}

int vg_cmd_help(const struct vg_app *app, int argc, char **argv)
{
    if (argc < 2) {
        vg_help_overview(app->lang, stdout);
        return 0;
    }
    const char *text = vg_help_text(argv[1], app->lang);
    if (text == NULL) {
        return vg_app_usage(app, argv[0], "no command \"%s\"", argv[1]);
    }
    printf("%s\n\n%s\n", vg_help_usage(argv[1], app->lang), text);
    return 0;
}
