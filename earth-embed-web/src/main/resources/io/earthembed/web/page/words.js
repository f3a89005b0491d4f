// The page's words in English and Chinese. {0} and {1} stand for values.
import { local } from "./storage.js";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  brand: ["Earth explorer", "地球探索"],
  queryLabel: ["Describe what to find", "描述要查找的内容"],
  queryHint: ["Describe a place, drop a picture, or type 30.2, 120.1", "描述一个地方、拖入图片，或输入 30.2, 120.1"],
  search: ["Search", "搜索"], cancel: ["Cancel", "取消"], close: ["Close", "关闭"], done: ["Done", "完成"], add: ["Add", "添加"],
  apply: ["Apply", "应用"], clear: ["Clear", "清除"], remove: ["Remove", "移除"], weight: ["Weight", "权重"],
  addText: ["Add another text", "再添加一段文字"], addPicture: ["Add a picture", "添加图片"], addPlace: ["Add a place", "添加地点"],
  parts: ["Parts of the query", "查询的组成部分"], partWeight: ["Weight of {0}", "“{0}”的权重"], removePart: ["Remove {0}", "移除“{0}”"],
  partText: ["Text", "文字"], picture: ["Picture", "图片"], tile: ["Tile {0}", "图块 {0}"], uploading: ["Uploading…", "正在上传…"],
  share: ["Copy the link to this view", "复制此视图的链接"], shared: ["The link is in the clipboard", "链接已复制"],
  sharedPicture: ["The link is in the clipboard. The server keeps the picture for some minutes only.", "链接已复制。服务器只保留图片几分钟。"],
  notCopied: ["The browser does not allow copying: take the link from the address bar", "浏览器不允许复制：请从地址栏复制链接"],
  help: ["Help and keys", "帮助与快捷键"], theme: ["Dark or light", "深色或浅色"],
  filters: ["Models and filters", "模型与筛选"], models: ["Models", "模型"], dates: ["Dates", "日期"], area: ["Area", "区域"],
  clouds: ["Clouds", "云量"], apart: ["Spread", "分散"], clearFilters: ["Clear filters", "清除筛选"],
  modelsOf: ["{0} models", "{0} 个模型"], noModel: ["No model", "无模型"],
  from: ["From", "从"], to: ["To", "到"], datesKnown: ["Tiles are from {0} to {1}.", "图块日期为 {0} 至 {1}。"],
  datesUnknown: ["The dates of the tiles are unknown: a date leaves all out.", "图块日期未知：设置日期会排除全部。"],
  datesOrder: ["The first date is after the last.", "开始日期晚于结束日期。"],
  cloudsAtMost: ["At most, percent", "最多（百分比）"], cloudsPill: ["Clouds ≤ {0} %", "云量 ≤ {0}%"],
  cloudsUnknown: ["Cloud cover is unknown for these tiles: a limit leaves all out.", "这些图块的云量未知：设置上限会排除全部。"],
  apartAtLeast: ["Hits at least this many km apart", "结果之间至少相距（公里）"], apartPill: ["{0} km apart", "相距 {0} 公里"],
  fuse: ["Weigh the scores of the parts, not their vectors; each part may have a model of its own", "按各部分的得分加权，而非向量；每部分可用不同模型"],
  answeredBy: ["Model for {0}", "“{0}”所用模型"], shownModel: ["shown model", "当前模型"], fusePill: ["scores weighed", "得分加权"],
  attributes: ["Attributes", "属性"], conditionsOf: ["{0} attributes", "{0} 个属性"], without: ["without {0}", "无 {0}"], with: ["with {0}", "有 {0}"],
  value: ["Value", "值"], anyValue: ["Any or none", "任意或无"], someValue: ["Any value", "任意值"], noValue: ["No value", "无值"], yes: ["yes", "是"], no: ["no", "否"],
  oneOfLines: ["One of these, one a line", "以下之一，每行一个"], atLeast: ["At least", "最小"], atMost: ["At most", "最大"], knownRange: ["Tiles have {0} to {1}.", "图块的值为 {0} 至 {1}。"],
  isSet: ["(set)", "（已设）"], badNumber: ["this is no such number or date", "不是有效的数值或日期"], badRange: ["the least is above the most", "最小值大于最大值"],
  analyze: ["Analyze", "分析"], analyzeTitle: ["Without a query", "无需查询"], show: ["Show", "显示"],
  changes: ["Change", "变化"], changesLike: ["Changes like that of {0}", "与 {0} 类似的变化"], likeChange: ["Find changes like this", "查找类似变化"], likeChangeOf: ["Find changes like that of tile {0}", "查找与图块 {0} 类似的变化"], outliers: ["Outliers", "异常"], clusters: ["Clusters", "聚类"], clustersOf: ["{0} clusters", "{0} 个聚类"],
  changesHint: ["Finds the places whose tiles differ most between two times. Without periods, it compares the first tile of each grid cell with the last.", "查找两个时间之间差异最大的地点。不设时段时，比较每个格网单元的第一个和最后一个图块。"],
  outliersHint: ["Finds the tiles that are least like all others in the area and period of the filters.", "在筛选的区域和时段内，查找与其他图块最不相似的图块。"],
  clustersHint: ["Divides the tiles that pass the filters into groups of similar ones, and colors the map by group.", "将通过筛选的图块按相似性分组，并在地图上按组着色。"],
  earlierTiles: ["Earlier tiles of", "较早图块来自"], sameExplorer: ["the same data", "同一数据"], since: ["since {0}", "自 {0}"], before: ["Before", "之前"], after: ["After", "之后"],
  support: ["Least change of the cells around", "周围单元的最小变化"], neighbors: ["Nearest neighbors compared", "比较的最近邻数"], clusterCount: ["Number of clusters", "聚类数"],
  between: ["Give a whole number or value from {0} to {1}.", "请输入 {0} 到 {1} 的数值。"], artifacts: ["{0} cells were left out: an embedding of theirs is that of an empty tile.", "已排除 {0} 个单元：其嵌入来自空图块。"],
  cluster: ["Cluster {0}", "聚类 {0}"], tilesCount: ["{0} tiles", "{0} 个图块"], clustersOfTiles: ["{0} clusters of {1} tiles", "{1} 个图块的 {0} 个聚类"], showAlone: ["Show it alone on the map", "在地图上单独显示"],
  openTypical: ["Open tile {0}, typical of cluster {1}", "打开图块 {0}，聚类 {1} 的典型"], beforeAndAfter: ["before and after", "前后对比"],
  drawBox: ["Draw box", "画矩形"], drawCircle: ["Draw circle", "画圆"], drawPolygon: ["Draw polygon", "画多边形"], useView: ["What the map shows", "地图当前范围"],
  areaText: ["Or type the area", "或输入区域"],
  areaHint: ["box west south east north · circle lat lon km · polygon lon lat, lon lat, … · or GeoJSON", "box 西 南 东 北 · circle 纬度 经度 公里 · polygon 经度 纬度, … · 或 GeoJSON"],
  areaBad: ["This is no area: {0}", "不是有效区域：{0}"],
  boxPill: ["Box", "矩形"], circlePill: ["Circle, {0} km", "圆，{0} 公里"], polygonPill: ["Polygon", "多边形"],
  hintBox: ["Drag from one corner to the other", "从一角拖到另一角"], hintCircle: ["Drag from the middle outward", "从圆心向外拖动"],
  hintPolygon: ["Click the corners; double-click or Done ends", "依次点击各角；双击或按“完成”结束"], hintPlace: ["Click a place on the map", "在地图上点击一个地点"],
  map: ["Map", "地图"], zoomIn: ["Zoom in", "放大"], zoomOut: ["Zoom out", "缩小"], wholeEarth: ["Whole Earth", "整个地球"],
  mapLabel: ["Map of {0}: {1} tiles. Arrow keys move, plus and minus zoom, n and p go through the hits, Enter opens.", "{0} 的地图：{1} 个图块。方向键移动，加减号缩放，n 和 p 逐个查看结果，回车打开。"],
  threshold: ["Threshold", "阈值"], showBest: ["Best", "最佳"], limit: ["Threshold value", "阈值数值"], unit: ["Unit of the threshold", "阈值单位"], score: ["score", "得分"],
  count: ["{0} of {1}", "{1} 中的 {0}"],
  hits: ["Hits", "结果"], results: ["Results", "结果面板"], best: ["Best {0} of {1}", "最佳 {0} / {1}"], layout: ["Layout", "布局"], gallery: ["Gallery", "图库"], table: ["Table", "表格"],
  takeHome: ["Take home", "导出"], more: ["Show more", "显示更多"], moreLike: ["More like this", "查找相似"], addToQuery: ["Add to query", "加入查询"],
  like: ["Good: more like this one", "好：更多类似"], dislike: ["Bad: fewer like this one", "不好：减少类似"], select: ["Select", "选择"],
  likeOf: ["Good: tile {0}", "好：图块 {0}"], dislikeOf: ["Bad: tile {0}", "不好：图块 {0}"], selectOf: ["Select tile {0}", "选择图块 {0}"], moreOf: ["More like tile {0}", "查找与图块 {0} 相似"],
  open: ["Open", "打开"], openOf: ["Open tile {0}, rank {1}", "打开图块 {0}，第 {1} 名"],
  feedback: ["{0} good, {1} bad", "{0} 个好，{1} 个不好"], learn: ["Search with these", "据此搜索"], labelNext: ["What to mark next", "接下来标记什么"],
  labelThese: ["Marks of these tiles teach most: they are nearest to the decision boundary.", "标记这些图块最有帮助：它们最接近决策边界。"],
  learnedRegression: ["Ranked by a logistic regression of the marks.", "按标记训练的逻辑回归排序。"],
  learnedRocchio: ["The marks moved the query (Rocchio); with three good ones or more, a regression learns from them.", "标记移动了查询（Rocchio）；有三个或更多好的标记时，将训练回归模型。"],
  forget: ["Forget", "忘记"],
  selected: ["{0} selected", "已选 {0} 个"], compare: ["Compare", "比较"], unselect: ["Unselect", "取消选择"],
  compareTwo: ["Select two tiles to compare them", "请选择两个图块进行比较"],
  dropHere: ["Drop pictures to search with them", "拖放图片以进行搜索"], latitude: ["Latitude", "纬度"], longitude: ["Longitude", "经度"], pickOnMap: ["Click on the map", "在地图上点击"],
  badPlace: ["Latitude is from -90 to 90, longitude from -180 to 180.", "纬度为 -90 至 90，经度为 -180 至 180。"],
  searchHere: ["Search here", "在此搜索"], showOnMap: ["Show on the map", "在地图上显示"], copyPlace: ["Copy the place", "复制坐标"], copied: ["Copied {0}", "已复制 {0}"],
  previous: ["Previous", "上一个"], next: ["Next", "下一个"], extent: ["Extent", "范围"], crop: ["What the model saw", "模型所见"], fullTile: ["Whole tile", "整个图块"], bands: ["Bands", "波段"],
  trueColor: ["True color", "真彩色"], falseColor: ["Vegetation (B08, B04, B03)", "植被 (B08, B04, B03)"], swir: ["Short-wave infrared (B12, B8A, B04)", "短波红外 (B12, B8A, B04)"], farm: ["Agriculture (B11, B08, B02)", "农业 (B11, B08, B02)"],
  rank: ["Rank", "名次"], place: ["Place", "位置"], date: ["Date", "日期"], cell: ["Cell", "格网"], id: ["Id", "标识"], product: ["Product", "产品"],
  noDate: ["no date", "无日期"], noPicture: ["No picture in this archive", "此档案无图片"], pictureFailed: ["The picture could not be read. {0}", "无法读取图片。{0}"], loading: ["Loading…", "加载中…"],
  what: ["What", "内容"], format: ["Format", "格式"], download: ["Download", "下载"], preparing: ["Preparing the file…", "正在准备文件…"], saved: ["Saved {0}", "已保存 {0}"],
  scopeAll: ["All {0} tiles", "全部 {0} 个图块"], scopeAbove: ["All {0} above the threshold", "阈值以上全部 {0} 个"], scopeLimited: ["The best {0} of {1} above the threshold", "阈值以上 {1} 个中的最佳 {0} 个"], scopeSelected: ["The {0} selected", "已选的 {0} 个"],
  zip: ["ZIP with pictures and pixels", "ZIP（含图片与像元）"], geojson: ["GeoJSON", "GeoJSON"], csv: ["CSV", "CSV"], kml: ["KML", "KML"], geoparquet: ["GeoParquet", "GeoParquet"], stac: ["STAC items", "STAC 条目"],
  welcome: ["Search the Earth", "搜索地球"],
  welcomeText: ["Describe a landscape, drop a picture of one, or click on the map. The map shows how similar each tile is.", "描述一种地貌、拖入一张图片，或点击地图。地图显示每个图块的相似程度。"],
  examples: ["Try", "试试"], recent: ["Recent", "最近"], about: ["Data", "数据"], tilesOf: ["{0} tiles, {1}", "{0} 个图块，{1}"],
  searching: ["Searching… {0} s", "正在搜索… {0} 秒"], loadingScores: ["Loading the scores… {0} s", "正在加载得分… {0} 秒"], canceled: ["Canceled", "已取消"],
  starting: ["Starting…", "正在启动…"], wait: ["wait", "等待"], encode: ["encode", "编码"], filter: ["filter", "筛选"], searchStage: ["search", "检索"], rankStage: ["rank", "排序"], field: ["scores", "得分"], shown: ["shown after {0}", "{0} 后显示"], pictures: ["pictures {0} of {1}", "图片 {0}/{1}"],
  noHits: ["No tile passed the filters.", "没有图块通过筛选。"], noHitsHint: ["Loosen or clear them.", "请放宽或清除筛选。"],
  noPlace: ["no known place", "位置未知"], unplaced: ["{0} tiles have no known place: they are listed, but not on the map.", "{0} 个图块位置未知：会列出，但不在地图上。"],
  undated: ["{0} tiles of unknown date were left out.", "已排除 {0} 个日期未知的图块。"],
  emptyQuery: ["Type what to find, or add a picture or a place.", "请输入要查找的内容，或添加图片或地点。"], unreachable: ["The server does not answer. Is it running?", "服务器没有响应。它在运行吗？"],
  needToken: ["The server asks for a token. Open the address that it printed, with #token= at its end.", "服务器需要令牌。请打开它显示的、以 #token= 结尾的地址。"],
  tooBig: ["{0} has more than {1} MB.", "{0} 超过 {1} MB。"], noTextModel: ["{0} takes no text: use a picture, a place or a tile.", "{0} 不支持文字：请使用图片、地点或图块。"],
  failedModel: ["could not be loaded: {0}", "无法加载：{0}"], belowThreshold: ["#{0} is below the threshold", "#{0} 低于阈值"],
  helpIntro: ["A query has one or several parts: texts, pictures, places and tiles. A negative weight leads away from a part. Marking hits as good or bad and searching again leads towards the good ones. “Analyze” needs no query: it finds places that changed, tiles unlike all others, and groups of similar tiles.", "查询可由多个部分组成：文字、图片、地点和图块。负权重会远离该部分。将结果标为好或不好后再次搜索，会更接近好的结果。“分析”无需查询：可查找发生变化的地点、与众不同的图块以及相似图块的分组。"],
  keySearch: ["go to the query", "转到查询框"], keyMove: ["move the map", "移动地图"], keyZoom: ["zoom", "缩放"], keyHits: ["next and previous hit on the map", "地图上的下一个和上一个结果"], keyOpen: ["open the tile", "打开图块"], keyHome: ["whole Earth", "整个地球"], keyEscape: ["close or cancel", "关闭或取消"]
};

let language = local.get("language") || (navigator.language.startsWith("zh") ? "zh" : "en");

/** The current language: en or zh. */
export const currentLanguage = () => language;

/** Returns the words of a key. @param {string} key @param {...(string | number)} values */
export function t(key, ...values) {
  const words = WORDS[key];
  if (!words) throw new Error("no words for " + key);
  return words[language === "zh" ? 1 : 0].replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)]));
}

/** A whole number for people. @param {number} value */
export const whole = value => value.toLocaleString(language === "zh" ? "zh-CN" : "en");

/** Puts the words of the current language into the page. */
export function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = t("brand");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.getAttribute("data-t") || "");
  for (const node of document.querySelectorAll("[data-t-label]")) {
    const words = t(node.getAttribute("data-t-label") || "");
    node.setAttribute("aria-label", words);
    if (node.matches("button")) node.setAttribute("title", words);
  }
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.setAttribute("placeholder", t(node.getAttribute("data-t-placeholder") || ""));
}

/** @param {string} next en or zh */
export function setLanguage(next) {
  language = next;
  local.set("language", next);
  translate();
}

/** Says an error of the server in words. @param {any} error */
export function errorWords(error) {
  if (error.status === 0) return t("unreachable");
  if (error.status === 401) return t("needToken");
  const words = String(error.message || error.detail || error.title || error);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
