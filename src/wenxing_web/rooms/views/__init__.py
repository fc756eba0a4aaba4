"""A room (`talk`), a single message (`message`), and the door to both (`entering`)."""
