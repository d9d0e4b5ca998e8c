"""The only room where threads and tasks start: pumps, dispatch, heartbeat, long polls."""
