"""The capture stage on a cluster of Dask (the extra ``fleet``): read where there is room, judged at the client."""
