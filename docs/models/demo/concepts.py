"""The demo model's knowledge: concepts, the words for them, and the sentences built around them."""

# Concept -> phrases. The last two of each are held out of training and used to measure unseen wordings.
PHRASES = {
    "annual crop": [
        "annual crop", "annual crops", "crop field", "crop fields", "field", "fields", "farmland", "arable land",
        "cropland", "wheat field", "corn field", "maize", "agricultural field", "agricultural fields", "agriculture",
        "farm fields", "ploughed field", "bare fields", "harvested fields", "cultivated land", "farm", "farms",
        "barley", "soy fields", "tilled soil", "grain fields", "cultivated fields", "arable fields", "crops"],
    "forest": [
        "forest", "forests", "woodland", "woods", "trees", "dense forest", "tree cover", "tree canopy", "jungle",
        "rainforest", "coniferous forest", "deciduous forest", "dark green forest", "pine forest", "wooded area",
        "forested hills", "tropical forest", "closed canopy", "wood", "tree tops", "forested area", "dense woodland"],
    "herbaceous vegetation": [
        "herbaceous vegetation", "shrubland", "shrubs", "scrub", "heath", "heathland", "bushes", "sparse vegetation",
        "low vegetation", "natural grassland", "steppe", "savanna", "moor", "wild grassland", "herbs and shrubs",
        "grassland with shrubs", "dry grassland", "scrubland", "bushland", "natural vegetation", "shrub vegetation",
        "sparse shrubs"],
    "highway": [
        "highway", "highways", "motorway", "motorways", "freeway", "road", "roads", "main road", "expressway",
        "interchange", "junction", "a road through fields", "autobahn", "dual carriageway", "traffic route",
        "road crossing", "major road", "asphalt road", "street through the countryside", "highway interchange",
        "a big road"],
    "industrial": [
        "industrial area", "industrial buildings", "industry", "industrial", "factory", "factories", "warehouses",
        "warehouse", "commercial area", "industrial park", "logistics centre", "large roofs", "big buildings",
        "port facilities", "power plant", "industrial estate", "shopping centre", "depot", "large buildings",
        "car park", "industrial zone", "factory buildings"],
    "pasture": [
        "pasture", "pastures", "meadow", "meadows", "grazing land", "green meadow", "grass", "grassland", "green grass",
        "cattle pasture", "lush grassland", "hay meadow", "green fields with hedges", "grazing", "paddock",
        "green pasture", "rangeland", "pasture land", "grassy meadow"],
    "permanent crop": [
        "permanent crop", "permanent crops", "orchard", "orchards", "vineyard", "vineyards", "olive grove",
        "olive trees", "fruit trees", "plantation", "plantations", "citrus grove", "almond trees", "rows of trees",
        "tree crops", "apple orchard", "grapes", "wine growing", "olive groves", "fruit orchard", "planted trees"],
    "residential": [
        "residential area", "residential buildings", "residential", "houses", "housing", "suburb", "suburbs", "town",
        "village", "city", "urban area", "neighbourhood", "settlement", "homes", "housing estate", "buildings",
        "built-up area", "streets with houses", "homes and gardens", "city blocks", "urban", "dense houses",
        "residential neighbourhood", "suburban houses", "a small town"],
    "river": [
        "river", "rivers", "stream", "a winding river", "meandering river", "river bend", "waterway", "river bank",
        "canal", "water course", "a river through fields", "a river between trees", "river valley", "wide river",
        "channel", "a river with its banks", "creek", "curving river", "the course of a river"],
    "water": [
        "lake", "lakes", "sea", "ocean", "open water", "water", "open sea", "reservoir", "deep water", "body of water",
        "water surface", "lake water", "pond", "sea water", "blue water", "marine water", "lagoon", "lake shore",
        "calm sea", "inland lake", "large lake", "water body", "the open ocean"],
    "coast": [
        "coast", "coastline", "beach", "beaches", "shoreline", "seashore", "sandy beach", "coastal area", "bay",
        "sea and land", "sand beach by the sea", "seaside", "surf", "shore", "coastal strip", "the shore of the sea",
        "beach and waves"],
    "desert": [
        "desert", "deserts", "sand dunes", "dunes", "sand", "sandy desert", "arid land", "dry desert", "barren sand",
        "sahara", "drylands", "yellow sand", "bare sand", "desert plain", "erg", "sand sea", "arid desert",
        "desert dunes"],
    "snow": [
        "snow", "snow covered mountains", "glacier", "glaciers", "ice", "snowfield", "ice cap", "snowy mountains",
        "snow and rock", "white snow", "alpine snow", "ice sheet", "snow covered terrain", "frozen land", "arctic",
        "mountain peaks with snow", "snowy peaks", "glacier ice", "snow cover"],
}
HELD_OUT = 2

TEMPLATES = [
    "{}", "{}", "a satellite image of {}", "a satellite image of a {}", "satellite image of {}",
    "a satellite photo of {}", "a satellite picture of a {}", "an aerial view of {}", "aerial photo of a {}",
    "{} seen from above", "{} from space", "{} from the air", "a sentinel-2 image of {}", "sentinel-2 {}",
    "a remote sensing image of {}", "an overhead view of {}", "a bird's eye view of {}", "an image of {}",
    "a picture of {}", "a photo of a {}", "this is {}", "a view of {}", "land cover: {}", "land use: {}",
    "a tile that shows {}", "an area of {}", "there is {} here", "{} in true colour", "a region with {}",
    "places with {}", "where is {}", "find {}", "show me {}", "earth observation image of {}", "{}.",
    "a satellite image of the {}", "the {}", "some {}",
]
HELD_OUT_TEMPLATES = ["a satellite image of a {}", "a space photograph of {}", "looking down on {}"]

EUROSAT = {
    "AnnualCrop": "annual crop", "Forest": "forest", "HerbaceousVegetation": "herbaceous vegetation",
    "Highway": "highway", "Industrial": "industrial", "Pasture": "pasture", "PermanentCrop": "permanent crop",
    "Residential": "residential", "River": "river", "SeaLake": "water"}
GENERATED = {
    "RIVER": "river", "LAKE": "water", "COAST": "coast", "FOREST": "forest", "FIELDS": "annual crop",
    "TOWN": "residential", "INDUSTRY": "industrial", "HIGHWAY": "highway", "DESERT": "desert", "SNOW": "snow"}

# The location tower's targets for a climate zone (Koeppen-Geiger): hand-written weights, not measured.
CLIMATE = {
    "A": {"forest": 6, "river": 2, "permanent crop": 1, "herbaceous vegetation": 1},
    "As": {"herbaceous vegetation": 4, "forest": 2, "annual crop": 2},
    "Aw": {"herbaceous vegetation": 4, "forest": 3, "annual crop": 2, "pasture": 1},
    "BW": {"desert": 9, "herbaceous vegetation": 1},
    "BS": {"herbaceous vegetation": 6, "desert": 2, "annual crop": 1},
    "Cs": {"permanent crop": 5, "herbaceous vegetation": 3, "residential": 1, "coast": 1},
    "Cf": {"pasture": 4, "annual crop": 3, "forest": 2, "residential": 1},
    "Cw": {"annual crop": 4, "permanent crop": 2, "residential": 1, "forest": 1},
    "D": {"forest": 5, "annual crop": 4, "pasture": 1},
    "Dfc": {"forest": 8, "river": 1, "snow": 1}, "Dfd": {"forest": 6, "snow": 3},
    "Dwc": {"forest": 7, "snow": 2}, "Dwd": {"forest": 6, "snow": 3},
    "ET": {"snow": 5, "herbaceous vegetation": 3}, "EF": {"snow": 1}, "Ocean": {"water": 1},
}


def climate_weights(zone):
    for length in (5, 3, 2, 1):
        if zone[:length] in CLIMATE:
            return CLIMATE[zone[:length]]
    raise KeyError(zone)
