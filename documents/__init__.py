"""The only place that speaks MongoDB: documents, indexes, queries, compare-and-set writes."""
