"""A client of the portal, for demonstrations: HTTP and WebSocket only, nothing imported from the server."""
