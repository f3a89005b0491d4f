"""More words for the concepts, for the text tower: things in a picture, and what goes on there."""

# Concept -> noun phrases, separated by semicolons, beside those of concepts.py.
THINGS = {
    "annual crop": """
        cultivated plots; ploughland; tilled land; sown land; seeded ground; a farmed landscape; farming country;
        agricultural plain; cereal field; cereals; grain; rye; oats; wheat; barley fields; corn; sweetcorn; rice
        paddies; paddy field; soybeans; sunflowers; sunflower field; rapeseed in bloom; canola; cotton field;
        potatoes; potato field; sugar beets; beet field; vegetables in rows; vegetable field; cabbages; lettuce
        farm; carrots and onions; beans and peas; lentils; sorghum and millet; stubble; stubble fields; fallow land;
        ploughed earth; brown bare soil; freshly turned soil; furrows; seedbed; irrigated fields; centre pivot
        irrigation; circular irrigated fields; rectangular parcels; parcels of farmland; patchwork of fields; a
        mosaic of agricultural parcels; strips of crops; crop rows; crop rotation; intensive agriculture;
        large-scale farming; industrial farming of grain; rainfed crops; non-irrigated arable land; a breadbasket;
        acres of corn; hectares of wheat; a combine harvester at work; tractor tracks; a ripe harvest; golden wheat;
        green young wheat; farm acreage; agrarian land; agronomy; smallholder fields; row crops; fodder maize; flax
        and hemp; tobacco field; crops planted anew each year; seasonal crops; yearly sown crops; tilth; field
        parcels with different colours; bare earth after ploughing; cropped land; farmed soil; agricultural
        production; arable farming; straw bales; peanut field; melons and pumpkins; agricultural region; farmed
        ground; tillable land; tilled fields in spring; bare field before sowing; soil after the plough; newly sown
        field; young cereal shoots; ripe cereal; ears of grain; stalks of maize; harvest time; the harvest; field
        crops; farmers at work; a farmer ploughing; a tractor on bare soil; agricultural machines; agricultural use;
        agricultural patchwork; agricultural landscape; agrarian fields; annuals; annual plants sown each spring;
        crops that are sown and harvested within a year; crops that must be planted again every year; non permanent
        crops; vegetable growing; market gardening; grain belt; corn belt; the great plains with wheat; wheat
        country; cereals and root crops; root vegetables; turnips; tomatoes in the field; strawberry field;
        asparagus field; onions; peas; field beans; legumes; oilseed; mustard field; cultivated plain; cultivated
        soil; cultivated parcels; rectangular fields in many colours; brown and yellow fields; brown fields; yellow
        fields; striped fields; square fields; field boundaries; plots of land under cultivation; farmland parcels;
        farm country; open farmland; crop farm; crop land; crop production; crop growing; cropping; food production;
        arable farm; husbandry of grain; tillage; field work; sown fields; planted fields; ploughed plots; soil and
        furrows; harrowed soil; straw and stubble; mown grain""",
    "forest": """
        a wood of oaks; spruce forest; fir trees; conifers; broadleaf trees; broadleaved woodland; mixed forest;
        birch trees; beech forest; oak wood; larch; cedars; redwoods; eucalyptus; taiga; boreal forest; cloud
        forest; mangroves; bamboo forest; amazon jungle; primeval forest; old growth; ancient woods; timberland;
        timber; lumber; forestry; forest reserve; national forest; tree plantation for timber; lots of trees; many
        trees; crowded trees; tall trees; green trees; dark trees; a mass of foliage; foliage; canopy; continuous
        tree canopy; a closed canopy of leaves; woody hillside; wooded slopes; wooded mountains; mountain forest;
        forest floor; thicket of trees; a grove of trees; copse; spinney; treed land; tree covered land; land under
        trees; tropical rain forest; the black forest; sylvan landscape; leafy woods; pines; needle leaf trees;
        pinewood; a sea of trees; dark green canopy; dense green vegetation of trees; backwoods; afforested land;
        unbroken woodland; wildwood; arboreal cover; evergreen trees; deciduous trees in autumn; poplars and
        willows; maple trees; ash and elm; hunting ground in the woods; silviculture; a tree stand; forest stand;
        leafage; deep woods; shady woods; tree; a tree next to a tree; all trees; only trees; trees and more trees;
        trees as far as the eye can see; hundreds of trees; wild trees; forest trees; forest land; forestland;
        forests of pine; forested mountains; forested valley; heavily forested; wooded; wooded land; wooded region;
        wooded country; woody vegetation; woodlands; woody area; tall dark conifers; coniferous trees; conifer
        woods; deciduous trees; leafy trees; leaf trees; crowns of trees; tree crowns; treetop cover; closed cover
        of trees; uninterrupted tree cover; dense stand of trees; a thick stand of timber; shade of a forest; hidden
        under trees; deep dark forest; dark woods; gloomy wood; green roof of leaves; lungs of the planet; rain
        forest; tropical trees; jungle trees; virgin forest; wild forest; natural forest; untouched forest; managed
        forest; forest plantation; commercial timber forest; spruces; firs; fir forest; pine trees; pine wood; oak
        trees; oak forest; birches; beeches; alder and willow wood; chestnut trees; cork oaks; walk in the forest;
        hiking in the woods; habitat of bears; home of deer; national park with forest; wood land; sylva; canopy of
        trees; rangers protect trees; forest fire area""",
    "herbaceous vegetation": """
        scrubby land; brushland; chaparral; garrigue; matorral; tundra plants; prairie with shrubs; bush; wild
        bushes; rough grassland; coarse grass; tussock grass; dry grass; steppe grassland; sparse plants; sparsely
        vegetated land; patchy vegetation; thin plant cover; weeds; wild herbs; wildflowers; ferns and bracken;
        bracken; broom bushes; juniper bushes; sagebrush; thorn bushes; brambles; low shrubs; dwarf shrubs; shrubby
        slopes; bushy hillside; hillside with scrub; rocky slope with bushes; mountain slopes with herbs; alpine
        grassland with herbs; abandoned farmland; neglected land; fallow overgrown with weeds; wasteland with weeds;
        rewilded ground; untended vegetation; unmanaged grassland; uncultivated ground; unfarmed land; wild
        vegetation; wilderness of shrubs; transitional woodland and shrub; sclerophyllous vegetation; mediterranean
        scrub; semi-desert with shrubs; dry brush; undergrowth; thickets of shrubs; tall herbs; forbs; non-woody
        plants; herbs; moorland; peat moor; marsh plants; reeds and sedges; bog vegetation; fen; savannah; bushveld;
        veld; outback bush; outback scrub; open shrubland; mottled brown and green vegetation; uneven natural
        greenery; small plants on dry soil; low growth; scattered bushes; scattered shrubs; shrub steppe; degraded
        land with bushes; spontaneous vegetation; rough land; nature without trees or farms; cactus and thorn scrub;
        natural meadow with shrubs; barren hills with low plants; heathland with heather; purple heather; heaths;
        moors; heath and scrub; gorse bushes; gorse; broom; furze; ling; scrub and bushes; dense scrub; thorny
        scrub; thorn scrub; scrub country; scrub vegetation; scrub with stones; bushy land; bushy area; bushes and
        grass; bushes and herbs; bushes on dry soil; bushes instead of trees; shrubs and herbs; shrubs and grasses;
        shrubs on a hill; shrubs in dry country; a shrubby plain; woody shrubs; undeveloped land; unused land; wild
        ground; wild growth; wild natural land; wild hillside; wild countryside without farms; raw nature; natural
        plants; natural plant cover; natural ground cover; natural green cover; mixed natural vegetation; herb
        layer; herb-rich grassland; herbage; green herbs; plants; vegetation; low plants; low green plants; short
        vegetation; sparse greenery; sparse plant cover; thin vegetation; irregular vegetation; patchy shrubs;
        patches of shrubs; spotted vegetation; dryland vegetation; dry vegetation; arid shrubs; mediterranean
        shrubs; maquis shrubland; macchia; phrygana; fynbos; mallee; cerrado; caatinga; puna; paramo; grassland gone
        wild; grass that nobody mows; overgrown field; overgrown meadow; overgrown ground; run wild; brush;
        brushwood; thicket; thickets; bushes and brambles; copse of bushes; land too poor for crops; too dry for
        trees; treeless; treeless slopes; land without trees; few trees; scattered trees and bushes; open land with
        bushes; open country with shrubs; fallow ground; set-aside land; nature reserve with heath; natural habitat;
        habitat of rabbits and snakes; rough vegetation; rough hills; uneven green; wilderness; wild plants; plants
        that nobody planted; low vegetation that grows by itself; neither forest nor farmland; neither crop nor
        pasture""",
    "highway": """
        a four-lane road; lanes; road with lanes; carriageway; dual roadway; the interstate; turnpike; toll
        motorway; bypass; ring road; beltway; arterial road; trunk road; a-road; route; roadway; tarmac; tarmac
        road; blacktop; pavement for cars; concrete road; long straight road; a straight grey line; a grey strip
        through the land; slip road; exit ramp; ramps; cloverleaf; cloverleaf junction; road junction; intersection;
        crossroads; roundabout; overpass; flyovers; viaduct; bridge for cars; traffic; heavy traffic; car traffic;
        traffic jam; rush hour; vehicles; cars; trucks on the road; lorries; cars and trucks; buses on the road;
        transport route; transport corridor; transport infrastructure; road network; road infrastructure;
        thoroughfare; drive; fast road; road for fast cars; high-speed road; speedway; autopista; autoroute;
        autostrada; state road; county road; national road; country road; rural road; road across farmland; a road
        between fields; street; a line of asphalt; asphalt; multi lane freeway; freeway ramp; a road through the
        countryside; road trip; commuting route; drivers; a line that crosses the fields; paved route; a route from
        city to city; road corridor; service area; road with bridges; railway and road; rail track; a transport
        axis; parkway; a road; roads and junctions; paved road; paved roads; paved highway; wide road; broad road;
        busy road; busy highway; big highway; large highway; main highway; main route; main traffic route; important
        road; through road; long road; straight road; straight highway; winding road; curved road; road bend; grey
        road; tarred road; tarred surface; asphalt line; a strip of tarmac; strip of road; strip of concrete;
        concrete lanes; lanes for cars; several lanes; six lanes; three lanes in each direction; two carriageways;
        median strip; hard shoulder; guard rail; road markings; traffic lanes; traffic road; traffic flow; traffic
        junction; traffic interchange; road traffic; motor traffic; motor vehicles; motorcars; automobiles;
        automobile road; car road; road for automobiles; cars on asphalt; cars moving; moving cars; driving; drive
        by car; driving fast; travel by car; travelling by road; long-distance travel; transport; transportation;
        transport link; land transport; road transport; freight transport by road; freight trucks; truck route;
        truckers; haulage; commuting; commuters in cars; journey by car; motorists; motoring; speeding cars;
        freeways; freeway interchange; freeway exit; motorway junction; motorway exit; motorway bridge; motorway
        interchange; spaghetti junction; ramp; entry ramp; access road; underpass; bridge over a road; road bridge;
        crossing of two roads; crossroad; ring motorway; orbital motorway; european route; route 66; interstate;
        interstates; connection between cities; road between towns; link from town to town; road that leads through
        farmland; road with trees beside it; a way for cars; way; roadside""",
    "industrial": """
        plant; production site; production halls; manufacturing plant; manufacturing; works; steelworks; steel mill;
        foundry; smelter; chemical plant; oil refinery; refinery; cement works; paper mill; sawmill; car factory;
        automobile plant; brewery; shipyard; container terminal; container port; freight terminal; cargo terminal;
        harbour warehouses; docks; dockyard; rail freight yard; storage halls; storage tanks; tank farm; silos;
        hangars; sheds; big sheds; large halls; halls with flat roofs; huge roofs; white roofs; metal roofs; huge
        buildings; wide buildings; big box stores; retail park; outlet mall; shopping mall; supermarket with
        parking; hypermarket; commercial district; commercial zone; business district; business park; trading
        estate; technology park; office park; fulfilment centre; distribution centre; distribution warehouse;
        logistics park; logistics hub; parcel depot; truck depot; bus depot; loading bays; goods depot; mills;
        workshops; machine shops; assembly lines; chimneys; smokestacks; power station; electricity plant; waste
        incinerator; sewage works; recycling plant; waste treatment plant; data centre; airport terminal; parking
        lots; large parking lot; blocks of large roofs; work sites; industrial complex; industrial district;
        industrial facilities; industrial site; industrial plants; industrial halls; factory complex; factory site;
        plant with chimneys; heavy manufacturing; where machines are built; workplace of thousands; concrete yards;
        economic zone; free trade zone; warehouse district; storage facility; industry buildings; industrial
        buildings with flat roofs; industrial roofs; industrial production; industrial works; industrial plant;
        industrial warehouse; industrial sheds; industrial storage; industrial city quarter; industries;
        manufacturers; manufacture of goods; mass production; production; production facility; production buildings;
        production lines; fabrication; fabricating plant; metal works; metalworking; engineering works; machinery
        hall; machine factory; furniture factory; food factory; textile mill; glass works; brick works; chemical
        industry; chemical factory; petrochemical complex; oil tanks; fuel depot; gas storage; storage; storage
        area; storage building; goods storage; stock of goods; warehousing; depots; distribution; distribution
        warehouses; shipping and receiving; shipping center; logistics; logistic buildings; logistics warehouses;
        logistics area; freight; freight yard; cargo; cargo area; containers; loading; loading area; truck parking;
        trucks at ramps; parking area; parking spaces; large car park; commerce; commercial; commercial buildings;
        commercial use; commercial estate; commercial park; business; business area; business estate; business
        premises; company; companies; company premises; company site; corporate buildings; enterprise zone; trade
        park; trade area; retail; retail centre; large shops; shopping; shops with large parking lot; mall;
        wholesale market; large roof; large flat roof; flat roofs; flat-roofed halls; flat-topped buildings; white
        flat roofs; grey roofs of halls; enormous roofs; enormous buildings; wide low buildings; long buildings;
        long halls; halls; hall; steel halls; big structures; big halls; big warehouse; big factory; giant factory;
        giant warehouse; factory hall; factory halls; factory roof; factory floor; factory town; workplace; work
        place; place of work for factory workers; labour; labourers; jobs in manufacturing; blue collar jobs; smoke
        from chimneys; pollution from plants; energy plant; coal power plant; docks and cranes; cranes; port; port
        with containers; airport; airfield hangars; quarry works; concrete plant; concrete and metal; concrete area""",
    "pasture": """
        grazing pasture; grazed fields; grazed grass; cattle; cows; cows in a field; dairy cows; cattle ranch;
        livestock; livestock farm; livestock grazing; sheep; flock of sheep; sheep pasture; sheep meadow; goats;
        horses; horse paddock; horse pasture; herds; a herd of cattle; herd animals; farm animals; ranch; ranching;
        green grassland; rich grassland; smooth green fields; bright green grass; fresh grass; lush grass; short
        grass; lawn-like fields; lawn; turf; sward; lea; grassy field; grassy fields; grassy land; grass fields;
        grass meadow; hay field; hay; hayfields; haymaking; mown meadow; mowing land; silage grass; fodder grass;
        forage; clover field; clover; permanent grassland; managed grassland; improved grassland; farmed grass;
        flower meadow; alpine meadow; mountain pasture; alp with cows; water meadow; flood meadow; pastoral land;
        pastoral landscape; bocage; hedged meadows; meadows with hedgerows; fenced grassland; fenced meadow;
        enclosures of grass; green countryside; cow pasture; cattle country; dairy country; dairy farm; milk
        production; wool production; stock farming; animal husbandry; stockbreeding; even green surface; evenly
        green land; uniform green field; green parcels of grass; fields of lush green; prairie for cattle; pampas;
        green turf; pony field; golf course grass; sports fields; grazing ground; grazing grounds; grazing field;
        grazing meadow; grazing area for cattle; grazing cows; grazing sheep; grazing horses; grazing livestock;
        grass to graze; grassland for cows; grassland for sheep; grassland for grazing; grassland with cattle; green
        grazing land; green grass fields; green grasslands; green meadows; green meadow land; green field of grass;
        green fields; soft green fields; juicy green grass; juicy meadow; rich green meadow; rich grass; grasses;
        grass growing; grass cover; grass farm; grass farming; grass plain; grassy plain; grassy pasture; grassy
        hills; grassy slope; grassy ground; grass for hay; grass for cows; grass for sheep; grass for horses; grass
        eaten by animals; food for cattle; feed for cows; animals; animal farm; animal farming; animals on grass;
        animals in a field; animals outdoors; farm with animals; farm with cows; farm with sheep; cow; cow field;
        cow meadow; cows outdoors; cows on grass; calves; calves and cows; bull; bulls; beef cattle; beef farm;
        dairy; dairy cattle; dairy farming; dairy meadows; milk cows; milk farm; herd; herd of cows; herd of sheep;
        herding; herdsman; herders; shepherd; shepherds; sheep and lambs; sheep country; lambs; ponies; donkeys on
        grass; horse; horse meadow; horse ranch; horse farm; stud farm; paddocks; ranches; rancher; cattle farm;
        cattle farming; cattle land; cattle grazing land; cattle meadow; livestock fields; livestock pasture;
        livestock on grass; livestock breeding; meadow for hay; meadow land; meadowland; meadowlands; meadow with
        flowers; meadow and grass; meadow with animals; mowed grass; mowed meadow; mowing; hay bales; hay harvest;
        hay making; hay production; swiss meadows; irish green fields; new zealand sheep land; evergreen grass;
        uniform meadow; smooth meadow; lush; lush green; lush green grass; lush field; lush meadow""",
    "permanent crop": """
        vines; grapevines; vine rows; wine region; wine country; wine estate; winery; viticulture; vintners' slopes;
        terraced vineyards; champagne vineyards; bordeaux vineyards; orchard rows; cherry orchard; peach orchard;
        pear orchard; plum trees; apricot trees; fig trees; apple trees; orange trees; orange grove; lemon trees;
        lemon grove; citrus; olives; olive orchard; olive plantation; olive oil production; nut trees; walnut grove;
        hazelnuts; pistachio orchard; almonds; date palms; palm plantation; oil palm plantation; banana plantation;
        bananas; coffee plantation; coffee; tea plantation; tea; cocoa; rubber plantation; coconut palms; avocado
        trees; mango trees; kiwi; berry bushes; blueberries; berries; hops; fruit growing; fruit farm; fruit
        plantation; fruit farming; fruit cultivation; fruits; soft fruit; orchard trees in a grid; trees in a grid;
        trees planted in straight lines; regular rows of trees; dotted rows of small trees; evenly spaced trees;
        cultivated trees; cultivated trees and vines; woody crops; long-lived crops; crops that stay for years;
        crops that are not replanted each year; horticulture; arboriculture; pomology; groves; grove; plantation
        crops; tree nursery; nursery of young trees; terraces with olive trees; grape harvest; grape growing; fruit
        harvest; fruit bearing trees; apples; pears; cherries; peaches; plums; oranges and lemons; grapes and
        olives; espaliered fruit; agroforestry; vineyard slopes; vineyard rows; perennial plantation; permanent
        culture; mandarins; orchards of apples; orchard with fruit trees; orchard land; orchard plots; apple
        orchards; apple farm; cherry trees; pear trees; peach trees; plum orchard trees; apricots; fruit; fruit
        orchards; fruit trees in a plantation; fruit garden; fruit groves; fruit land; fruit country; fruit crops;
        fruit production; fruit growers; fruit industry; fruit from trees; tree fruit; trees with fruit; trees with
        olives; trees with oranges; trees with almonds; trees grown for fruit; trees grown for nuts; tree plantation
        for fruit; tree rows; trees arranged in rows; trees in straight rows; trees in lines; trees at regular
        distances; regular trees; regular pattern of trees; regular grid of trees; ordered trees; rows of bushes;
        rows of plants; rows of vines; rows of olive trees; rows of fruit trees; rows of shrubs planted; planted
        rows; planted trees in rows on a farm; vineyard estate; vineyard land; vineyard region; vineyards on hills;
        vineyards and wine; vine; vine growing; vine plantation; vine fields; vine stocks; vines on a slope; vines
        for wine; wine; wines; wine growers; wine growing region; wine production; wine producing land; wine making;
        winemaker; winemakers; winegrowers; wine grapes; wine fields; wine village land; red wine; burgundy; rioja;
        tuscany vineyards; napa valley; grape; grape fields; grape farm; grape plantation; grape vines; grapevine
        rows; olive; olive farm; olive fields; olive land; olive growing; olive harvest; olive oil; olives in
        andalusia; citrus trees; citrus orchard; citrus fruit; orange; oranges; orange orchard; orange plantation;
        lemon; lemons; lemon orchard; grapefruit; nut; nuts; nut orchard; nut plantation; almond; almond orchard;
        almond grove; walnuts; hazel; chestnut orchard; pecans; dates; date plantation; figs; pomegranates; hop; hop
        field; hop poles; hop plantation; hops for beer; berry; berry farm; raspberries; currants; coffee farm;
        coffee trees; tea fields; tea garden; tea bushes; cocoa trees; banana; banana trees; palm oil; palm grove;
        rubber trees; sugar cane; perennials; perennial plants; perennial trees and vines; perennial fruit;
        perennial; permanent plantation; permanent plantations of fruit; permanent orchards; permanently planted;
        long-term crops; crops on trees; crops on woody plants; crops that live for many years; crops harvested for
        years from the same plants; woody crop plants; bush crops; plantation trees; plantation rows; plantation
        farming; nursery; nurseries; terraced hillside with vines; terraces""",
    "residential": """
        a housing development; housing tract; housing complex; single-family homes; row houses; terraced houses;
        townhouses; bungalows; cottages; villas; mansions; detached houses; semi-detached houses; flats; apartments;
        apartment buildings; tower blocks; high-rise flats; tenements; condominiums; council estate; red roofs;
        tiled roofs; small roofs; many small roofs; roofs of houses; rooftops; roofs and gardens; gardens and
        houses; back yards; backyards; front gardens; driveways; swimming pools; residential streets; residential
        district; residential quarter; residential suburb; living area; living quarters; a place to live; inhabited
        area; populated place; populated area; densely built area; built environment; community; commune; hamlet;
        villages; small village; towns; old town; town centre; downtown; inner city; cities; metropolis; capital
        city; municipality; township; borough; conurbation; urban sprawl; urban fabric; urban settlement; city
        district; city streets; street grid; a grid of streets; side streets; streets and houses; blocks of houses;
        building blocks; human settlement; human habitation; domestic buildings; household; dwelling houses; slum;
        favela; shanty town; informal settlement; school and church; suburban streets; suburban neighbourhood;
        suburban sprawl; suburban area; outskirts; commuter town; garden city; trailer park; holiday homes;
        hometown; where families have their homes; a street of homes; urban population; neighbourhoods; dense urban
        housing; homesteads; new-build estate; place with houses; residential homes; residential houses; residential
        zone; residential streets with trees; residential blocks; residential place; residential housing;
        residential use; living; living space; living quarter; people's homes; peoples houses; place where people
        live; place of residence; residence; residences; residents; inhabitants; inhabited; inhabited place;
        inhabited land; population; populated; populous; densely populated; densely inhabited; density of houses;
        dense housing; dense town; dense city; dense suburb; crowded houses; crowded town; house; house roofs; house
        with garden; house and yard; house rows; rows of houses; row of homes; houses in a row; houses side by side;
        houses and gardens in the suburb; houses and streets; houses and roads; houses with red roofs; houses with
        pools; houses with lawns; houses of families; homes of families; homes with yards; home; home for families;
        homes with roofs; family homes; family home; family housing; family residences; private houses; private
        homes; private gardens; gardens; garden plots with houses; gardens behind houses; small houses; small
        buildings; small homes; many houses; many homes; many buildings; many small houses; lots of houses;
        thousands of houses; buildings and streets; building; apartment; apartment houses; apartment complex;
        apartment building; blocks of flats; flat blocks; high-rises; high-rise buildings; skyscrapers; social
        housing; public housing; student homes; town houses; town with streets; town with houses; town centre with
        houses; townscape; small town; village with houses; village with church; village houses; villages and towns;
        hamlets; city with houses; city centre; city quarter; city area; cityscape; urban residential; urban
        neighbourhood; urban region; urban zone; urban buildings; urban development; urban district; urbanised;
        urbanized area; urbanisation; built up; built-up; built-up land; developed area; settled area; settled land;
        settlements; suburbs of a city; suburban; suburban area with gardens; suburban homes; suburban residential;
        suburban development; suburban life; subdivision; cul-de-sac; cul-de-sacs; estate of houses; housing area;
        housing district; housing project; housing blocks; neighbourhood streets; neighborhood; neighborhoods;
        streets; street with houses; streets in a town; roofs; red tile roofs; tile roofs; roof; villa; bungalow;
        cottage; dwelling; domicile; domestic; civilization; human presence; where everyone lives; schools and
        playgrounds; people; children; families; neighbours""",
    "river": """
        a winding waterway; meanders; a meander; winding water; a snaking river; a snake of water; oxbow lake; a
        bend in the river; river bends; river curve; river loop; riverside; river banks; riverbank; riverbed; river
        channel; river delta; river mouth; estuary; river with trees along it; river in the valley; riparian zone;
        floodplain; flood plain river; flowing river; river current; running water; moving water; fresh water
        stream; brook; rivulet; rill; beck; burn; bayou; bourne; watercourse; water channel; shipping canal;
        navigable river; ship canal; irrigation canal; aqueduct; ditch; the amazon river; the rhine; the nile; the
        mississippi; the thames; the loire; the ganges; the yangtze; the elbe; the seine; the volga; river with
        sandbanks; braided river; gravel bed river; broad river; great river; large river; small river; narrow
        river; a ribbon of water; a band of water; a blue line; a line of water; water between two banks; water
        flowing downstream; downstream; upstream; headwaters; tributaries; river confluence; confluence of two
        rivers; rapids; river ferry; river barges; barges; river island; weir; dam on a river; river bridge; a
        bridge over a river; rowing on the river; kayaking; fluvial landscape; river system; drainage channel; river
        water; muddy river; green river; a stream winding through the land; stream bank; winding creek; torrent;
        canal with barges; river landscape; a river; big river; long river; river flowing; flowing river water; flow
        of a river; flow; flowing; flowing stream; flowing through fields; flowing through the land; running stream;
        running river; moving stream; current; currents; streams; stream of water; stream with trees; small stream;
        forest stream; mountain stream; mountain river; lowland river; river plain; river land; river course; river
        arm; river arms; river branch; branch of a river; river branches; river crossing; river basin; river
        catchment; river network; river corridor; river meadow; river meadows; river forest; river port; river
        boats; river cruise; river traffic; river navigation; river shipping; shipping on a canal; boat on a canal;
        canals; canal lock; locks and weirs; channel of water; channels; water channels; waterways; inland waterway;
        water way; course of water; winding; winding river; winding stream; windings; winding course; winding
        channel; twisting river; twisting water; twisting stream; snaking stream; snaking water; serpentine river;
        s-shaped river; curved water; curved river; curving water; curves of a river; curve of a stream; bend;
        bends; bend of a stream; river loops; loop of a river; meandering; meandering stream; meandering water;
        meandering channel; meanders of a river; old river arm; cut-off meander; bank; banks; bank of a river; banks
        of a stream; both banks of a river; riverbanks; riverfront; riverine; riparian; riparian forest; water in a
        valley; water in a narrow band; water in a long strip; long thin water; long strip of water; thin line of
        water; narrow water; narrow band of water; elongated water; water from the mountains; water on its way to
        the sea; water going to the ocean; waters flowing to the ocean; rain water runs off; drain; drains into the
        sea; freshwater stream; freshwater river; fresh flowing water; feeds a river; side river; river that joins
        another; river junction; mouth of a river; source of a river; delta; deltas; estuaries; flood; floods;
        flooding river; river flood; creeks; brooks; ditches; ford; ferry; river fish; trout stream; salmon river;
        fishing in a river; canoe; canoeing; rafting; rowing; barge; ships on a river; steamboat; water mill;
        hydroelectric dam; danube; rhine; rhone; the po; the ebro; the tiber; vistula; oder; rio grande; congo;
        mekong; indus; amazon tributary; missouri; hudson; niger; zambezi; tigris and euphrates""",
    "water": """
        the sea; seas; the lake; oceans; the ocean; the pacific; the mediterranean; the baltic sea; the north sea;
        lake geneva; lake constance; lake victoria; great lakes; a big lake; small lake; mountain lake; lakes and
        ponds; ponds; tarn; loch; mere; basin of water; water reservoir; artificial lake; dammed lake; water
        storage; drinking water reservoir; large body of water; waters; wide water; deep sea; deep ocean; high seas;
        offshore waters; ocean water; salt water; seawater; fresh water lake; blue; blue sea; blue lake; dark blue;
        dark water; dark blue surface; black water; smooth water; water only; only water; pure water; all water;
        just the sea; just water; water everywhere; water as far as the eye can see; vast water; an expanse of
        water; expanse of sea; a sheet of water; a flat blue surface; water with no land; open lake; open ocean
        surface; ocean surface; sea surface; sea waves; waves; waves on open water; swell; gulf; strait; fjord;
        inland sea; fish; fishing ground; fishing waters; whales and dolphins; ships at sea; ships; sailing boats;
        yachts on the lake; regatta; lake for swimming; bathing lake; maritime area; marine area; marine; aquatic
        environment; hydrosphere; flooded area; flood water; turquoise water; a calm lake; quiet water; standing
        water; waterbody; large pond; sea or lake; lake or sea; oceans and seas; open ocean; open sea water; out at
        sea; on the open sea; far out at sea; middle of the ocean; middle of the sea; middle of a lake; middle of
        the water; surface of the sea; surface of the ocean; surface of the water; surface of a pond; smooth surface
        of water; lake surface; large sea; large water; large area of water; large area covered with water; large
        water surface; big water; big sea; big ocean; big pond; wide lake; wide sea; wide ocean; vast sea; vast
        ocean; vast lake; huge lake; huge sea; huge body of water; endless water; endless sea; endless ocean;
        endless blue; blue everywhere; blue water everywhere; everything is blue; deep; deep blue; deep blue water;
        deep lake; deep water far out; dark lake; dark sea; dark blue water; blue surface; blue area; blue expanse;
        blue ocean; pure blue; uniform blue; water area; water basin; water expanse; water covered; water covered
        area; covered with water; covered by the sea; under water; underwater; submerged; waters of a lake; waters
        of the ocean; water in a lake; water in the sea; water in a reservoir; water reservoir behind a dam;
        reservoirs; reservoir lake; reservoir for drinking water; storage lake; dam lake; lake behind a dam; water
        supply; drinking water lake; still lake; still sea; still pond; still surface; calm; calm lake; calm water;
        calm ocean; quiet lake; quiet sea; stagnant water; standing water body; inland water; inland waters;
        enclosed water; enclosed sea; lake enclosed by land; lake in the middle of land; lake with islands; lake for
        boats; lake for sailing; lake for fishing; lake in summer; lake in finland; lake superior; lake garda;
        caspian sea; black sea; red sea; dead sea; aral sea; adriatic; aegean; indian ocean; atlantic; atlantic
        ocean; pacific ocean; arctic ocean; caribbean; caribbean sea; gulf of mexico; bay of bengal; english channel
        sea; fjords; maritime; nautical; oceanic; aquatic; lacustrine; pelagic; sea level; sea bed; salt lake; salty
        water; salt water sea; ripples; ripples on water; wave; waves at sea; high waves; rough sea; stormy sea;
        swell at sea; boat; boats; boats on a lake; boats on the sea; boat trip; sailboat; sailboats; sailing;
        sailing on a lake; sailing at sea; ship; ship on the ocean; ships far out; cruise ship; tanker at sea;
        fleet; navy; yacht; yachts; fishing; fishing boat; fishing boats at sea; fishing lake; fish live here; fish
        farm; shoals of fish; marine life; whale; whales; dolphins; sharks; swim; swimming; swimmers; swimming lake;
        diving; snorkelling; surf far out; water sports; water skiing; wet; liquid; village pond""",
    "coast": """
        coastal land; coast with cliffs; cliffs; sea cliffs; rocky coast; rocky shore; sandy shore; sandy coast;
        coastal beach; beaches by the sea; tropical beach; beach resort; holiday beach; beach sand and water;
        bathing beach; the seaside; coastal waters; coastal landscape; tidal flats; mudflats; tideland; intertidal
        zone; tidal zone; the tide; breakers; breaking waves on the beach; sea front; seafront; ocean front;
        waterfront; peninsula; headland; cape; cove; inlet; island shore; an island in the sea; islands; atoll;
        sandbar; sand spit; barrier island; coastal dunes; the edge of the sea; the edge of the ocean; edge between
        land and water; border of land and ocean; land beside the sea; land on one side and sea on the other; half
        land and half sea; ocean shore; sea shore; shorelines; seaboard; littoral; strand; riviera; coastal cliffs;
        surfing beach; harbour bay; lagoon behind a beach; coral coast; pebble beach; shingle; shingle beach; palm
        beach; coasts; coastal; coastal zone; coastal region; coastal strip with sand; coast with beach; coast of an
        island; coast road beach; sea coast; ocean coast; beach with sand; beach with waves; beach by the ocean;
        beach at the sea; beach and sea; beach holiday; beach life; sandy beaches; white sand beach; sand and sea;
        sand and water; sand by the ocean; sand beside the water; shores; shore of the ocean; shore with sand; shore
        line; seaside resort; seaside town beach; seashore sand; land and sea; land and ocean; land and water side
        by side; land next to the sea; land by the sea; where land ends; where the ocean begins; border of the sea;
        edge of the water; water's edge; waterline; line between land and sea; tide; tides; low tide; high tide;
        tidal; surf on the beach; surfers; waves and sand; cliff; cliff by the sea; steep coast; rocky seashore;
        bays; bay with sand; coves; capes; headlands; peninsulas; island coast; tropical island; island beach;
        lagoon beach; sunbathing; sunbathers; holiday by the sea; bathing at the sea; sand castle; sea birds;
        seagulls; lighthouse; pier; marina""",
    "desert": """
        dune field; sand dune; dune sea; rolling dunes; waves of sand; a sea of sand; sand everywhere; only sand;
        dry sand; hot sand; golden sand; orange sand; red sand; bare desert; hot desert; the gobi; the namib; the
        arabian desert; the empty quarter; the atacama; the kalahari; death valley; desert landscape; stony desert;
        rocky desert; gravel plain; hamada; wadi; dry wadi; salt flat; salt pan; playa; dry land; dry earth; parched
        land; parched earth; drought; arid region; arid plain; arid zone; arid climate; hyper-arid land; barren
        land; barren ground; barren plain; bare ground without plants; bare yellow ground; lifeless land; land
        without vegetation; land where nothing grows; waterless land; no rain; very hot and dry place; oasis
        surroundings; caravan route; camels; bedouin land; badlands; dust; dust bowl; sandstorm; sandy plain; sandy
        waste; sandy terrain; brown barren terrain; sand plain; desolate land; desert sands; dried-out land; dunes
        of the sahara; dune ridges; crescent dunes; desert sand; desert ground; desert land; desert area; desert
        region; desert country; sands; sand and more sand; sand and nothing else; sand hills; sand land; sand dune
        landscape; dune; dune landscape; high dunes; yellow dunes; yellow desert; yellow ground; orange dunes; red
        desert; hot place; hot land; hot sandy place; hot dry land; dry; dry place; dry region; dry country; dry
        plain; dry ground; very dry; dryness; drought land; arid; arid landscape; arid country; arid ground;
        aridity; barren; barren landscape; barren desert; barren soil; bare land; bare soil of the desert; bare rock
        and sand; empty land; empty desert; emptiness; wasteland; waste land of sand; wastes of sand; lifeless;
        lifeless ground; lifeless desert; no life; no plants; no plants at all; no vegetation; without vegetation;
        without plants; without water; without rain; nothing grows; rainless; waterless; waterless desert; heat;
        scorching heat; sun-baked land; sun and sand; sahara sand; sahara desert; sahara dunes; namib dunes; gobi
        desert; arabian sand; camel; camel caravan; bedouins; nomads; oasis; sand storm; rolling sand; wind and
        sand; wind blown sand; windswept dunes; rocks and sand; stones and sand""",
    "snow": """
        snow fields; snowy; snowy landscape; snowy land; snow covered land; snow covered hills; snow-capped
        mountains; snowcapped summit; snow peaks; mountains in winter; winter; winter landscape; wintry mountains;
        white mountains; white landscape; white ground; white surface; alps in winter; the alps; the himalayas; the
        andes; high mountains; high peaks; high alpine terrain; mountain range with snow; mountain ridge with ice;
        ice field; icefield; ice and snow; snow and ice; ice covered land; icy land; icy mountains; frozen ground;
        frozen terrain; frozen tundra; permafrost; polar region; polar ice; polar landscape; arctic land; arctic
        ice; antarctica; antarctic ice; greenland; glacial valley; glacier tongue; glaciated mountains; crevasses;
        firn; moraine; avalanche slope; avalanche; ski slopes; ski area; ski resort; skiing; snowboarding;
        snowstorm; blizzard; permanent snow; perpetual snow; eternal ice; fresh snow; deep snow; snowfall; frost;
        cold white place; cold mountains; very cold place; icebergs; pack ice; sea ice; mount everest;
        mountaineering; summit ice; snows; snow on mountains; snow on peaks; snow on the ground; snow on rocks; snow
        everywhere; snow and mountains; snow land; snow mountains; snow slopes; snow in winter; much snow; lots of
        snow; white with snow; white land; white mountain; white summit; white world; all white; everything white;
        snowed in; snowy mountain; snowy mountain range; snowy hills; snowy slopes; snowy ground; snowy alps; ices;
        ice everywhere; ice on mountains; ice on rock; ice cold; ice cover; icecap; ice caps; ice sheets; ice
        masses; icy; icy peaks; icy ground; icy place; icy desert; glacier in the mountains; glacier landscape;
        glacial; glacial ice; glaciated; glaciation; frozen; frozen place; frozen world; frozen earth; frozen water;
        frozen summit; frosty; cold; cold place; cold region; cold land; coldest place; freezing; freezing cold;
        below freezing; winter mountains; winter season; winter sports; long winter; ski; skiing area; skiing
        slopes; ski run; skiers; alpine; alpine peaks; alpine mountains; alpine ice; peaks; mountain peaks; mountain
        summit; high mountain; high summits; mountain top; mountain tops; mountains; rocky mountains with snow;
        polar; polar land; pole; north pole; south pole; arctic snow; antarctic; greenland ice; himalaya; mont
        blanc; eskimo land; avalanches""",
}

# Concept -> "who|does what", separated by semicolons: "where farmers sow wheat", "farmers sow wheat here".
USES = {
    "annual crop": """
        farmers|sow wheat; farmers|plant corn every spring; farmers|harvest grain; farmers|plough the soil;
        farmers|till the soil; a farmer|drives a tractor; tractors|pull ploughs; combines|harvest cereals;
        corn|grows; wheat|is grown; wheat|ripens; barley|is harvested; vegetables|are grown; potatoes|are dug up;
        soybeans|are cultivated; grain|is produced; bread|comes from; flour|comes from; the soil|is ploughed; the
        land|is tilled; seeds|are sown; fields|are ploughed; fields|are irrigated; people|farm the land;
        people|cultivate grain; people|work the fields; agriculture|takes place; food crops|are planted; crops|are
        sprayed; rice|is planted""",
    "forest": """
        trees|grow; many trees|grow; trees|cover the ground; trees|are felled for lumber; pines|grow; oaks|grow;
        wood|is harvested; lumberjacks|cut trees; foresters|work; deer|hide among trees; bears|live among trees;
        squirrels|live in trees; hunters|stalk deer; birds|nest in the canopy; hikers|walk among trees;
        mushrooms|are picked under trees; leaves|cover everything; the ground|is hidden by leaves; conifers|grow;
        monkeys|climb trees; wolves|roam the woods; it|is dark under the trees; firewood|comes from""",
    "herbaceous vegetation": """
        bushes|grow; shrubs|grow; wild herbs|grow; heath|grows; wild plants|grow between stones; nobody|farms;
        nobody|plants or harvests; only low plants|grow; grass and shrubs|grow wild; scrub|covers the hills;
        weeds|take over; nature|is left alone; the vegetation|is thin; the vegetation|is short and wild; plants|are
        sparse; trees|do not grow but bushes do; thorny plants|grow; lizards|hide between bushes; farmland|was
        abandoned; bracken|grows""",
    "highway": """
        cars|go fast; cars|race along; trucks|drive; trucks|carry goods along the road; vehicles|travel;
        vehicles|move quickly; people|drive; people|commute by car; drivers|travel long distances; traffic|flows;
        traffic|gets stuck; lorries|roll; buses|drive between towns; roads|cross; roads|meet; two roads|join;
        motorists|drive; asphalt|was laid; motorbikes|ride; commuters|drive to work; you|can drive at high speed; a
        road|cuts through the fields; cars|enter the freeway; wheels|roll""",
    "industrial": """
        things|are produced; products|are made; cars|are built; steel|is made; machines|run; machines|make things;
        workers|make products; workers|work in plants; people|work in halls; goods|are stored; goods|are shipped;
        packages|are sorted; trucks|are loaded; trucks|load and unload; containers|are stacked; chemicals|are
        processed; oil|is refined; electricity|is generated; companies|have their plants; companies|store goods;
        chimneys|smoke; people|shop in large stores; factories|stand; industry|is located; parts|are assembled;
        aircraft|park beside terminals; engineers|build machines""",
    "pasture": """
        cows|graze; cows|eat grass; cattle|graze; cattle|feed; cattle|are kept; sheep|feed; sheep|eat grass;
        goats|graze; horses|graze; horses|run on grass; lambs|play; animals|graze; animals|feed on grass;
        herds|graze; farmers|keep cows; farmers|raise cattle; farmers|cut hay; farmers|mow grass; shepherds|watch
        their flocks; milk|comes from; livestock|is kept; livestock|grazes; grass|grows; grass|is mown; green
        grass|covers the land; wool|comes from; bulls|stand; ranchers|raise livestock""",
    "permanent crop": """
        grapes|ripen; grapes|are harvested; wine|is made; wine|comes from; vines|grow; vintners|tend their vines;
        olives|grow; olives|are harvested; olive oil|comes from; fruit|grows on trees; fruit|is picked; fruit|is
        grown; apples|grow; apples|are picked; cherries|ripen; oranges|grow; lemons|grow; peaches|grow; nuts|are
        harvested; coffee|is grown; tea|is picked; bananas|grow; trees|are planted in rows; farmers|pick fruit;
        farmers|grow trees for fruit; farmers|tend orchards; growers|prune trees; orchards|stand; almonds|grow;
        dates|grow on palms; cocoa|is grown""",
    "residential": """
        families|live; people|have their homes; people|sleep at night; people|dwell; many people|live; many
        families|live close together; people|reside; residents|live; citizens|live; neighbours|meet; neighbours|live
        side by side; children|play in the yard; children|live with their parents; kids|go to school; houses|stand
        close together; houses|line the streets; homes|have gardens; homes|are built; a community|lives;
        villagers|live; townspeople|live; commuters|go home; households|live; roofs|stand next to each other;
        someone|mows the lawn behind the house; the population|is dense""",
    "river": """
        water|flows; water|flows between banks; water|flows downstream; water|winds through the land; a river|bends;
        a river|flows; a river|winds; a river|meanders; the stream|winds; the current|carries boats; barges|travel;
        ships|go upstream; ferries|cross the river; people|row and kayak; anglers|stand on the bank; salmon|swim
        upstream; water|runs to the sea; the water|curves; the water|makes a bend; two streams|join; a canal|runs;
        bridges|cross the water; floods|come after rain""",
    "water": """
        there|is only water; water|covers everything; fish|live; fishermen|cast nets; fishing boats|go; ships|sail;
        ships|cross the ocean; boats|float; yachts|sail; sailors|spend weeks; whales|swim; dolphins|swim; the
        water|is deep; the water|is calm; the surface|is blue; waves|roll; drinking water|is stored; divers|dive;
        people|swim in the lake; submarines|dive; no land|is in sight; sharks|live; the sea|is deep""",
    "coast": """
        the sea|meets the land; the ocean|touches the land; waves|break on the sand; waves|hit the shore; people|lie
        on the beach; tourists|sunbathe; tourists|spend beach holidays; surfers|ride waves; children|build
        sandcastles; the tide|comes in; the land|ends and the ocean begins; lighthouses|stand; seagulls|nest on
        cliffs; shells|wash up; the water|washes the sand; palm trees|stand by the sea; a beach|lies""",
    "desert": """
        camels|live; camels|travel; nothing|grows; no plants|grow; no rain|falls; it|never rains; the sun|burns the
        sand; dunes|rise; sand|blows; the wind|shapes dunes; caravans|cross the sand; nomads|travel through the
        sand; only sand|is seen; sand|covers everything; it|is hot and dry; water|is missing; scorpions|live;
        everything|is dry""",
    "snow": """
        snow|lies; snow|covers the ground; snow|never melts; snow|falls; ice|covers the mountains; ice|never melts;
        glaciers|flow; people|ski; skiers|go downhill; climbers|reach the summit; polar bears|live; penguins|live;
        it|is always cold; everything|is white; everything|is frozen; avalanches|come down; the mountains|are white;
        reindeer|cross the snow; temperatures|stay below zero""",
}
