"""The way to the figures of the installation: a link in an administrator's mailbox, once."""
