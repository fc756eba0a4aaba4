"""What others do with the event stream: announce."""
