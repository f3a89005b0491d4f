"""Wordings that training never sees, to measure how well the text tower generalizes.

All but the last set were fixed before the tower was tuned. captions.py drops every training phrase that has all the
content words of one of these.
"""

from concepts import HELD_OUT, HELD_OUT_TEMPLATES, PHRASES

# Two phrases for each concept, measured with TEMPLATES.
WORDS = {concept: phrases[-HELD_OUT:] for concept, phrases in PHRASES.items()}
TEMPLATES = HELD_OUT_TEMPLATES

# Sentences and phrases as people type them.
PARAPHRASES = {
    "annual crop": [
        "where crops are grown", "land that farmers plough and sow", "a patchwork of tilled plots",
        "wheat and barley growing", "fields after the harvest", "cereals cultivated in big rectangles",
        "bare soil ready for planting", "rows of maize and potatoes", "ground turned over by tractors",
        "sugar beet and rapeseed", "a farmer's plots", "food is grown on this land every season"],
    "forest": [
        "a lot of trees standing close together", "thick woods", "where timber comes from",
        "leafy canopy seen from above", "a wilderness of pines and firs", "nothing but trees", "oak and beech trees",
        "evergreen wilderness", "a dark carpet of treetops", "logging country", "a place full of trees",
        "somewhere to walk in the shade of trees"],
    "herbaceous vegetation": [
        "low bushes and wild plants", "scrubby ground without trees", "wild land with patchy plants",
        "dry hillsides covered in shrubs", "uncultivated land with herbs", "heather and gorse", "brush and thickets",
        "natural land with few trees", "overgrown land", "semi-arid vegetation", "maquis", "plants but no crops"],
    "highway": [
        "cars drive here", "busy motorway", "lanes of fast traffic", "where lorries travel between cities",
        "a long strip of asphalt", "major route for vehicles", "an on-ramp and a flyover", "multi-lane road",
        "interstate crossing the land", "traffic artery", "toll road", "a paved road cutting across the landscape"],
    "industrial": [
        "warehouses and factories", "big flat roofs", "where goods are manufactured",
        "production plants and storage halls", "a business park with trucks", "manufacturing site",
        "large commercial buildings", "refinery and tanks", "workshops and loading docks", "a distribution hub",
        "an assembly plant", "heavy industry"],
    "pasture": [
        "pasture with cows", "where sheep graze", "grass for livestock", "green land for animals",
        "fields of grass with cattle", "lush green meadows", "a place for horses to feed", "grazing animals",
        "dairy farm grassland", "hay is made here", "ranch land", "green grassy plain"],
    "permanent crop": [
        "orchards and vineyards", "where grapes are grown for wine", "fruit trees in rows", "olives and almonds",
        "trees planted for their fruit", "a winery's land", "apple and cherry trees", "lines of vines",
        "citrus plantation", "perennial crops", "oranges are grown here", "hop gardens"],
    "residential": [
        "houses with gardens", "where people live", "streets lined with homes", "family houses",
        "a densely populated neighborhood", "rooftops of a town", "apartment blocks", "detached homes and driveways",
        "a place with many inhabitants", "a suburb of a big city", "dwellings", "villas with swimming pools"],
    "river": [
        "a winding stream of water", "flowing water", "water running through the valley", "a waterway with bends",
        "where a stream meanders", "fresh water flowing to the sea", "a broad stream with banks on both sides",
        "tributary", "a channel of flowing water", "boats travel down this waterway", "an oxbow",
        "the banks of the danube"],
    "water": [
        "open water surrounded by land", "where fish swim", "a big expanse of blue", "nothing but water",
        "the middle of the atlantic", "still water", "a huge reservoir", "boats sail here", "a place to swim and sail",
        "waves far from the shore", "the surface of a lake", "deep blue sea"],
    "coast": [
        "where the land meets the sea", "a place to sunbathe by the ocean", "sandy strip along the water",
        "cliffs above the waves", "a bay with a beach", "tide line"],
    "desert": [
        "endless sand", "a dry place without plants", "where camels walk", "wind-blown sand hills", "barren wasteland",
        "no water and no vegetation"],
    "snow": [
        "frozen mountains", "a place to ski", "land covered in ice", "white peaks", "eternal winter",
        "a frozen landscape"],
}

# Two concepts in one picture.
COMBINATIONS = {
    "a river through a town": ("river", "residential"),
    "forest beside fields": ("forest", "annual crop"),
    "houses next to a factory": ("residential", "industrial"),
    "a motorway running past meadows": ("highway", "pasture"),
    "a lake with woods on its shore": ("water", "forest"),
    "vineyards around a village": ("permanent crop", "residential"),
    "a stream between pastures": ("river", "pasture"),
    "half farmland, half water": ("annual crop", "water"),
    "warehouses along the motorway": ("industrial", "highway"),
    "scrub that borders on an orchard": ("herbaceous vegetation", "permanent crop"),
    "where the wood ends and the suburb begins": ("forest", "residential"),
    "a port with its sheds and the sea": ("industrial", "water"),
}

# A second set. No choice was made by its results.
UNTUNED = {
    "annual crop": ["grain growing country", "a field being harvested", "soil prepared for sowing",
                    "land used for growing vegetables", "big square plots of farmland", "corn as far as you can see"],
    "forest": ["woodland with tall conifers", "a lumber region", "land completely covered by trees", "jungle canopy",
               "shady woodland", "spruce and larch"],
    "herbaceous vegetation": ["rough ground with gorse and grass", "wild shrubs on a slope", "moor and heath",
                              "bushy wilderness", "sparse natural plants", "scrub that nobody cultivates"],
    "highway": ["vehicles rushing along the road", "a route for cars and trucks", "the autobahn",
                "a big road junction", "expressway with several lanes", "where people drive to work"],
    "industrial": ["factories with large roofs", "where workers make machines", "a logistics centre",
                   "storage buildings and parking areas", "chemical works", "commercial halls"],
    "pasture": ["cows on a meadow", "grassland where animals feed", "sheep farm", "green fields for grazing",
                "a meadow that is mown for hay", "land of herdsmen"],
    "permanent crop": ["a wine growing estate", "olive trees in lines", "where fruit is harvested",
                       "grape vines on a hill", "a plum orchard", "plantation of almond trees"],
    "residential": ["a neighborhood of family homes", "houses along streets", "where the townspeople have their homes",
                    "suburbia", "a village with many roofs", "urban housing"],
    "river": ["a river with many bends", "a stream through the country", "water flows here between two banks",
              "the rhine near cologne", "canal or river", "meandering waterway"],
    "water": ["the sea far from land", "a lake in the mountains", "blue water surface", "ships cross this water",
              "ocean with waves", "a pond for fishing"],
}
