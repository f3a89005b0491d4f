package io.earthembed.faiss;

import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.util.List;

/** The search with an effort, of a {@link FaissIndex} or a {@link MappedFaissIndex}. */
interface EffortSearch {
  List<Neighbors> search(Vectors queries, int k, OrdinalSet filter, SearchEffort effort);
}
