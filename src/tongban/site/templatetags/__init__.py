"""What templates of every face may say."""
