"""求稿: members ask and vote, an editor takes it on, an edition answers it, and every voter is told."""
